using System;

namespace Bulkhead.X86.Policy;

/// <summary>Which accesses exit, as the CPUs want to be told: a set bit does. One map serves all guests.</summary>
public static class MsrMap
{
    private const uint High = 0xc000_0000;

    /// <summary>Two pages: two bits for each MSR, read and write, 2 KiB for each of three ranges (APM vol 2, 15.11).</summary>
    public static void FillSvm(Span<byte> map)
    {
        map.Fill(0xff);
        Clear(map, SvmBit(MsrPolicy.Tsc));
        for (int i = 0; i < MsrPolicy.PassThroughCount; i++)
        {
            uint bit = SvmBit(MsrPolicy.PassThrough(i));
            Clear(map, bit);
            Clear(map, bit + 1);
        }
    }

    /// <summary>One page: a bit for each MSR, reads of two ranges, then their writes, 1 KiB each (SDM vol 3, 25.6.9).</summary>
    public static void FillVmx(Span<byte> map)
    {
        const uint writes = 2048 * 8;
        map.Fill(0xff);
        Clear(map, VmxBit(MsrPolicy.Tsc));
        for (int i = 0; i < MsrPolicy.PassThroughCount; i++)
        {
            uint bit = VmxBit(MsrPolicy.PassThrough(i));
            Clear(map, bit);
            Clear(map, bit + writes);
        }
    }

    private static uint SvmBit(uint msr) => msr < High ? msr * 2 : 2048 * 8 + (msr - High) * 2;

    private static uint VmxBit(uint msr) => msr < High ? msr : 1024 * 8 + (msr - High);

    private static void Clear(Span<byte> map, uint bit) => map[(int)(bit >> 3)] &= (byte)~(1u << (int)(bit & 7));
}
