using Bulkhead.ImageBuilder.Diagnostics;

namespace Bulkhead.ImageBuilder.Manifest;

/// <summary>Reads who signs: `keys` of the appliance, and what a guest says of its packages.</summary>
internal static class SigningReader
{
    /// <summary>Either `none`, as when it is left out, or the root keys' files.</summary>
    public static KeysDocument Read(MapReader appliance, DiagnosticBag diagnostics)
    {
        if (appliance.Node("keys") is ManifestScalar { IsEmpty: false } scalar)
        {
            ScalarReader.Choice(scalar, appliance.Call("keys"), ["none"], diagnostics);
            return new KeysDocument();
        }
        MapReader? keys = appliance.Map("keys", ApplianceKeys.Keys);
        return new KeysDocument { Root = keys?.Text("root"), NextRoot = keys?.Text("next_root") };
    }

    /// <summary>What people call a version: at most 15 printable characters.</summary>
    public static string ReadVersion(MapReader owner, DiagnosticBag diagnostics) =>
        owner.Node("version") is { } node
            ? ScalarReader.Text(node, owner.Call("version"), Patterns.Version(), "1 to 15 of A-Z, a-z, 0-9 and . _ + -", diagnostics)?.Value ?? ""
            : "";

    /// <summary>Either `2`, or `[1, 3]` for the first and the last.</summary>
    public static (uint First, uint Last) ReadChannelAbi(MapReader guest, DiagnosticBag diagnostics)
    {
        if (guest.Node("channel_abi") is not ManifestList list)
        {
            uint only = (uint)(guest.Number("channel_abi", 0, uint.MaxValue)?.Value ?? 0);
            return (only, only);
        }
        Located<ulong>[] ends = [.. list.Items.Select(item => ScalarReader.Number(item, "a channel version", 0, uint.MaxValue, diagnostics)).OfType<Located<ulong>>()];
        if (list.Items.Count != 2)
        {
            diagnostics.Add(SyntaxDiagnostics.WrongCount, guest.Key("channel_abi")!.Span, $"a range of channel versions is its first and its last, not {list.Items.Count} numbers");
            return (0, 0);
        }
        if (ends.Length != 2)
            return (0, 0);
        if (ends[1].Value < ends[0].Value)
            diagnostics.Add(SyntaxDiagnostics.OutOfRange, ends[1].Span, $"the last channel version {ends[1].Value} is below the first, {ends[0].Value}");
        return ((uint)ends[0].Value, (uint)ends[1].Value);
    }
}
