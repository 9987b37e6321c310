using Bulkhead.ImageBuilder.Diagnostics;
using Bulkhead.Memory;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Manifest;

/// <summary>Reads the steps of a device's `reset`.</summary>
internal static class ResetReader
{
    private const uint Millisecond = 1000;

    /// <summary>Either `{write: 0x10, value: 0}` or `{poll: 0x70, value: 0, within: 10 ms}`, both of some bits only with a `mask`.</summary>
    /// <returns>With the register's offset for its address.</returns>
    public static Located<ResetStep>? Step(ManifestNode item, string device, DiagnosticBag diagnostics)
    {
        bool isPoll = item is ManifestMap map && map.Entries.Any(entry => entry.Key.Text == "poll");
        string what = $"`reset` of device {device}";
        if (MapReader.Open(item, item.Span, what, isPoll ? BoardKeys.ResetPoll : BoardKeys.ResetWrite, diagnostics) is not { } step)
            return null;
        Located<ulong>? offset = step.Address(isPoll ? "poll" : "write", Limits.BoardAddressEnd);
        Located<ulong>? mask = step.Number("mask", 1, uint.MaxValue);
        Located<ulong>? value = step.Number("value", 0, uint.MaxValue);
        Located<uint>? within = step.Node("within") is { } time
            ? ScalarReader.Time(time, step.Call("within"), 1, ResetStep.MaxMicroseconds / Millisecond, diagnostics) : null;
        if (offset is null || value is null || (isPoll && within is null) || (step.Has("mask") && mask is null))
            return null;
        uint bits = (uint)(mask?.Value ?? uint.MaxValue);
        if ((value.Value & ~bits) != 0)
        {
            diagnostics.Add(SyntaxDiagnostics.OutOfRange, value.Span, $"{step.Call("value")} has bits that `mask` has not");
            return null;
        }
        return new Located<ResetStep>(new ResetStep
        {
            Register = new HostPhys(offset.Value),
            Mask = bits,
            Value = (uint)value.Value,
            Action = isPoll ? ResetAction.Poll : ResetAction.Write,
            Microseconds = (within?.Value ?? 0) * Millisecond,
        }, offset.Span);
    }
}
