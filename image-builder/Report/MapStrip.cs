using System.Numerics;
using Bulkhead.ImageBuilder.Manifest;

namespace Bulkhead.ImageBuilder.Report;

/// <summary>Something that takes a stretch of flash or RAM: its sign in the picture, and the guest it is for (-1: none).</summary>
internal readonly record struct Occupant(char Sign, int Guest, ulong Base, ulong Size);

/// <summary>
/// A picture of address ranges: rows of signs, each for the same number of bytes. A sign is the occupant's, `.` where
/// there is none, and `+` where two share it.
/// </summary>
internal sealed class MapStrip(IReadOnlyList<RangeReport> ranges, IReadOnlyList<Occupant> occupants)
{
    public const int Columns = 64;
    private const int Signs = 4 * Columns;
    private const int MaxRows = 64;

    /// <summary>Bytes of one sign: a power of two, so that block boundaries fall between signs.</summary>
    public ulong Unit { get; } = UnitFor(ranges);

    private static ulong UnitFor(IReadOnlyList<RangeReport> ranges)
    {
        UInt128 total = ranges.Aggregate(UInt128.Zero, (sum, range) => sum + range.Size);
        return BitOperations.RoundUpToPowerOf2((ulong)UInt128.Min(UInt128.Max(total / Signs, 1), 1ul << 62));
    }

    public void Write(ReportWriter output)
    {
        int rows = 0;
        foreach (RangeReport range in ranges)
        {
            ulong signs = range.Size / Unit + (range.Size % Unit == 0 ? 0ul : 1);
            for (ulong first = 0; first < signs && rows < MaxRows; first += Columns, rows++)
                WriteRow(output, range, first, Math.Min(Columns, signs - first));
        }
    }

    private void WriteRow(ReportWriter output, RangeReport range, ulong first, ulong count)
    {
        output.Write($"  {Units.Address(range.Base + first * Unit)}  ");
        for (ulong i = first; i < first + count; i++)
        {
            ulong start = range.Base + i * Unit;
            Occupant[] here = [.. occupants.Where(occupant => occupant.Base < start + Unit && start < occupant.Base + occupant.Size)];
            bool mixed = here.Any(occupant => occupant.Sign != here[0].Sign);
            output.Write(here.Length == 0 ? "." : mixed ? "+" : here[0].Sign.ToString(), here.Length == 0 || mixed ? -1 : here[0].Guest);
        }
        output.Line();
    }
}
