using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Report;

/// <summary>One stage 2 mapping, and the leaves it takes.</summary>
public sealed record MappingReport(string Kind, ulong Guest, ulong Host, ulong Size, ulong Leaves1GiB, ulong Leaves2MiB, ulong Leaves4KiB)
{
    internal static MappingReport Of(GuestMapping mapping)
    {
        ulong[] leaves = new ulong[3];
        ulong guest = mapping.Guest.Value, host = mapping.Host.Value, left = mapping.Size;
        // The hypervisor's own rule (arch/arm64/El2/Mapper.cs): the largest block that both addresses and the rest allow.
        while (left >= 4096)
        {
            int kind = (guest | host) % (1ul << 30) == 0 && left >= 1ul << 30 ? 0 : (guest | host) % (2ul << 20) == 0 && left >= 2ul << 20 ? 1 : 2;
            ulong step = kind == 0 ? 1ul << 30 : kind == 1 ? 2ul << 20 : 4096;
            leaves[kind]++;
            guest += step;
            host += step;
            left -= step;
        }
        return new MappingReport(mapping.Kind.ToString(), mapping.Guest.Value, mapping.Host.Value, mapping.Size, leaves[0], leaves[1], leaves[2]);
    }

    public string ToText() =>
        $"{Kind,-6} 0x{Guest:x8} <- 0x{Host:x8}  {Size >> 10} KiB  ({Leaves1GiB} x 1 GiB, {Leaves2MiB} x 2 MiB, {Leaves4KiB} x 4 KiB)";
}
