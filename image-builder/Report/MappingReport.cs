using System.Text.Json.Serialization;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Report;

/// <summary>One stage 2 mapping, and the entries it takes: blocks of 1 GiB and 2 MiB, pages of 4 KiB.</summary>
/// <param name="Device">Which of the board's devices lie in it; null for RAM.</param>
public sealed record MappingReport(
    string Kind, ulong Guest, ulong Host, ulong Size,
    [property: JsonPropertyName("blocks_1gib")] ulong Blocks1Gib,
    [property: JsonPropertyName("blocks_2mib")] ulong Blocks2Mib,
    [property: JsonPropertyName("pages_4kib")] ulong Pages4Kib,
    string? Device = null)
{
    private const ulong Gib = 1ul << 30, Block = 2ul << 20, Page = 4096;

    internal static MappingReport Of(in GuestMapping mapping)
    {
        ulong guest = mapping.Guest.Value, host = mapping.Host.Value, size = mapping.Size;
        // A sum, not a walk: a damaged size may be anything.
        UInt128 end = (UInt128)guest + size;
        bool large = (guest - host) % Gib == 0, medium = (guest - host) % Block == 0;
        UInt128 inGib = large ? Whole(guest, end, Gib) : 0;
        UInt128 inBlocks = medium ? Whole(guest, end, Block) : 0;
        return new MappingReport(
            Words.Of(mapping.Kind), guest, host, size,
            (ulong)(inGib / Gib), (ulong)((inBlocks - inGib) / Block), (ulong)((size - inBlocks) / Page));
    }

    /// <summary>Bytes of the range that whole, aligned units make up: what the hypervisor's page tables put into entries of that size.</summary>
    private static UInt128 Whole(ulong start, UInt128 end, ulong unit)
    {
        UInt128 first = ((UInt128)start + unit - 1) / unit, last = end / unit;
        return last > first ? (last - first) * unit : 0;
    }
}
