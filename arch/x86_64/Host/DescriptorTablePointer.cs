using System.Runtime.InteropServices;

namespace Bulkhead.X86.Host;

/// <summary>What LGDT and LIDT read (SDM 3 3.5.1): limit, base.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 2)]
internal struct DescriptorTablePointer
{
    public ushort Limit;
    public ulong Base;
}
