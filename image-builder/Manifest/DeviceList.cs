namespace Bulkhead.ImageBuilder.Manifest;

/// <summary>A board's `devices`: names, and for each what its architecture says of a device.</summary>
internal static class DeviceList
{
    public static IReadOnlyList<BoardDeviceDocument> Read(MapReader board, KeySet keys, Func<Located<string>, MapReader, BoardDeviceDocument> read)
    {
        List<BoardDeviceDocument> devices = [];
        if (board.Node("devices") is not { } node || MapReader.AsMap(node, "`devices` of the board", board.Diagnostics) is not { } map)
            return devices;
        foreach (ManifestEntry entry in map.Entries)
        {
            Located<string> name = ScalarReader.Name(entry.Key, "the device name", board.Diagnostics) ?? new Located<string>(entry.Key.Text, entry.Key.Span);
            if (MapReader.Open(entry.Value, entry.Key.Span, $"device {name.Value}", keys, board.Diagnostics) is { } device)
                devices.Add(read(name, device));
        }
        return devices;
    }
}
