using Bulkhead.ImageBuilder.Diagnostics;
using Bulkhead.ImageBuilder.Model;

namespace Bulkhead.ImageBuilder.Manifest;

/// <summary>Reads ranges of a board's addresses.</summary>
internal sealed class RegionReader(DiagnosticBag diagnostics)
{
    /// <summary>The board's list `ram`.</summary>
    public Region[] Ram(MapReader board)
    {
        if (board.List("ram") is not { } items)
            return [];
        if (items.Count is 0 or > Limits.MaxRamRanges)
            diagnostics.Add(SyntaxDiagnostics.WrongCount, board.Key("ram")!.Span, $"a board has 1 to {Limits.MaxRamRanges} ranges of RAM, this one {items.Count}");
        return [.. items.Select(i => Read(MapReader.Open(i, i.Span, "a range of RAM", BoardKeys.Range, diagnostics), "RAM")).OfType<Region>()];
    }

    /// <summary>A mapping of `base` and `size`.</summary>
    public Region? Read(MapReader? range, string what)
    {
        if (range is null)
            return null;
        Located<ulong>? start = range.Address("base", Limits.BoardAddressEnd);
        Located<ulong>? size = range.Size("size");
        return size is null ? null : At(what, start, size.Value, size.Span);
    }

    /// <summary>The exact bytes of a device's registers, from its list `reg`.</summary>
    public IReadOnlyList<Region> Registers(MapReader device, string name) =>
    [
        .. (device.List("reg") ?? [])
            .Select(item => Read(MapReader.Open(item, item.Span, $"`reg` of device {name}", BoardKeys.Range, diagnostics), $"device {name}")).OfType<Region>(),
    ];

    /// <summary>A range whose size is known.</summary>
    public Region? At(string what, Located<ulong>? start, ulong size, SourceSpan? sizeSpan = null)
    {
        if (start is null)
            return null;
        if (size <= Limits.BoardAddressEnd - start.Value)
            return new Region(what, new AddressRange(start.Value, size), start.Span);
        diagnostics.Add(SyntaxDiagnostics.BeyondAddresses, sizeSpan ?? start.Span,
            $"{what} ends beyond the last address: {Units.Address(start.Value)} plus {Units.Size(size)}");
        return null;
    }
}
