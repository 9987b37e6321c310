using Bulkhead.Memory;

namespace Bulkhead.Arm64.El2;

/// <summary>
/// Builds translation tables that nothing walks yet (VMSAv8-64, 4 KiB granule, 39-bit input, start level 1), with the
/// largest blocks that alignment allows. Tables that are live are changed by HostMap alone, break before make.
/// </summary>
internal static unsafe class Mapper
{
    private const ulong Valid = 1, TableOrPage = 2;
    private const ulong AddressMask = 0xffff_ffff_f000;

    public static void Map(ulong root, ulong input, HostPhys output, ulong bytes, ulong attributes)
    {
        while (bytes != 0)
        {
            ulong step = StepFor(input | output.Value, bytes);
            Set(root, input, output, step, attributes);
            input += step;
            output += step;
            bytes -= step;
        }
    }

    private static ulong StepFor(ulong alignment, ulong bytes)
    {
        if ((alignment & (1ul << 30) - 1) == 0 && bytes >= 1ul << 30)
            return 1ul << 30;
        return (alignment & (1ul << 21) - 1) == 0 && bytes >= 1ul << 21 ? 1ul << 21 : 1ul << 12;
    }

    private static void Set(ulong root, ulong input, HostPhys output, ulong size, ulong attributes)
    {
        ulong* table = (ulong*)root;
        int shift = 30;
        while (1ul << shift != size)
        {
            ulong* entry = table + (input >> shift & 511);
            if ((*entry & Valid) == 0)
                *entry = HypervisorLayout.ToPhysical(Pool.Take(1)).Value | Valid | TableOrPage;
            table = (ulong*)HypervisorLayout.ToVirtual(new HostPhys(*entry & AddressMask));
            shift -= 9;
        }
        table[input >> shift & 511] = output.Value | attributes | Valid | (shift == 12 ? TableOrPage : 0);
    }
}
