using System.Runtime.InteropServices;

namespace Bulkhead.X86.Host;

/// <summary>The 64-bit TSS (SDM 3 8.7): only its interrupt stacks are used, since nothing runs below privilege level 0.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct TaskStateSegment
{
    public const int Limit = 0x67;

    private uint _reserved0;
    public ulong Rsp0, Rsp1, Rsp2;
    private ulong _reserved1;
    public ulong Ist1, Ist2, Ist3, Ist4, Ist5, Ist6, Ist7;
    private ulong _reserved2;
    private ushort _reserved3;
    /// <summary>Beyond the limit: no I/O permission bitmap.</summary>
    public ushort IoMapBase;
}
