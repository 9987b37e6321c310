using System;

namespace Bulkhead.X86.Svm;

/// <summary>VMCB offset 00Ch (APM 2, table B-1).</summary>
[Flags]
internal enum InterceptA : uint
{
    Intr = 1u << 0,
    Nmi = 1u << 1,
    Smi = 1u << 2,
    Init = 1u << 3,
    Vintr = 1u << 4,
    Rdpmc = 1u << 15,
    Cpuid = 1u << 18,
    Rsm = 1u << 19,
    Iret = 1u << 20,
    Invd = 1u << 22,
    Hlt = 1u << 24,
    Invlpga = 1u << 26,
    Ioio = 1u << 27,
    Msr = 1u << 28,
    TaskSwitch = 1u << 29,
    FerrFreeze = 1u << 30,
    Shutdown = 1u << 31,
}
