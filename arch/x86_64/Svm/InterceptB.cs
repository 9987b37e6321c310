using System;

namespace Bulkhead.X86.Svm;

/// <summary>VMCB offset 010h (APM 2, table B-1).</summary>
[Flags]
internal enum InterceptB : uint
{
    /// <summary>VMRUN refuses to run a guest without it (APM 2 15.5.1).</summary>
    Vmrun = 1u << 0,
    Vmmcall = 1u << 1,
    Vmload = 1u << 2,
    Vmsave = 1u << 3,
    Stgi = 1u << 4,
    Clgi = 1u << 5,
    Skinit = 1u << 6,
    Icebp = 1u << 8,
    Wbinvd = 1u << 9,
    Monitor = 1u << 10,
    Mwait = 1u << 11,
    Xsetbv = 1u << 13,
    Rdpru = 1u << 14,
}
