using System;
using System.Collections.Generic;
using Bulkhead.Memory;

namespace Bulkhead.Tests.Core;

/// <summary>Turns numbers into operations near the borders of blocks of 4 KiB, 2 MiB and 1 GiB.</summary>
internal static class TableSteps
{
    public const ulong Page = 1ul << 12;
    public const ulong Mid = 1ul << 21;
    public const ulong Big = 1ul << 30;
    /// <summary>Input addresses stay below; so do outputs, relative to their guest's own.</summary>
    public const ulong Window = 4 * Big;

    private static readonly ulong[] _units = [Page, Page, Mid, Mid, Big];

    public static (ulong Start, ulong Bytes) Range(Random random)
    {
        ulong unit = _units[random.Next(_units.Length)];
        ulong start = (ulong)random.Next(3) * Big + (ulong)random.Next(3) * Mid + (ulong)random.Next(-2, 3) * unit;
        start = Math.Min(start, Window - Big);
        ulong bytes = (ulong)random.Next(1, 3) * unit;
        if (random.Next(3) == 0)
            bytes += (ulong)random.Next(1, 4) * Page;
        return (start, Math.Min(bytes, Window - start));
    }

    /// <summary>Outputs from <paramref name="outputs"/> on: mostly aligned as the input is, so that blocks are possible.</summary>
    public static Mapping Map(Random random, ulong outputs, IReadOnlyList<MapAttributes> attributes)
    {
        (ulong start, ulong bytes) = Range(random);
        ulong output = random.Next(4) switch
        {
            // Page by page: not for a gibibyte, which would be a quarter of a million entries.
            0 when bytes < Big => (ulong)random.Next(16) * Page,
            1 => start % Mid + (ulong)random.Next(4) * Mid,
            _ => start,
        };
        return new Mapping(start, bytes, outputs + Math.Min(output, Window - bytes), attributes[random.Next(attributes.Count)]);
    }
}
