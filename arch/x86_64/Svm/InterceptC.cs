using System;

namespace Bulkhead.X86.Svm;

/// <summary>VMCB offset 014h (APM 2, table B-1). Older CPUs ignore bits they do not know.</summary>
[Flags]
internal enum InterceptC : uint
{
    None = 0,
    Invlpgb = 1u << 0,
    IllegalInvlpgb = 1u << 1,
    Invpcid = 1u << 2,
    Mcommit = 1u << 3,
    Tlbsync = 1u << 4,
}
