using Bulkhead.ImageBuilder.Model;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Report;

/// <summary>A half-open range of board addresses, in bytes.</summary>
public sealed record RangeReport(ulong Base, ulong Size)
{
    internal static RangeReport Of(in HostRange range) => new(range.Base.Value, range.Size);

    internal static RangeReport Of(AddressRange range) => new(range.Base, range.Size);
}
