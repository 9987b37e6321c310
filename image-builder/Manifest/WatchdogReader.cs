using Bulkhead.ImageBuilder.Diagnostics;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Manifest;

/// <summary>Reads a guest's `watchdog`.</summary>
internal static class WatchdogReader
{
    /// <summary>All zero where the guest has none.</summary>
    public static WatchdogEntry Read(MapReader? watchdog, DiagnosticBag diagnostics)
    {
        if (watchdog is null)
            return default;
        Located<uint>? said = Time(watchdog, "timeout", WatchdogEntry.Shortest), warning = Time(watchdog, "pretimeout", 0);
        Located<uint>? boot = Time(watchdog, "boot", WatchdogEntry.Shortest);
        if (said is not { } timeout)
            return default;
        uint shortest = Math.Min(timeout.Value, boot?.Value ?? uint.MaxValue);
        // Half of it: late enough to mean something, and as long again to come back.
        Located<uint> pre = warning ?? new Located<uint>(shortest / 2, timeout.Span);
        if (pre.Value >= shortest)
        {
            string which = shortest == timeout.Value ? "timeout" : "boot";
            diagnostics.Add(ApplianceDiagnostics.LatePreTimeout, pre.Span, $"{watchdog.Call("pretimeout")} is {ScalarReader.Words(pre.Value)}, and all of its `{which}` only {ScalarReader.Words(shortest)}",
                new DiagnosticNote(watchdog.Key(which)!.Span, $"`{which}` is here"));
        }
        return new WatchdogEntry { Timeout = timeout.Value, PreTimeout = pre.Value, Boot = boot?.Value ?? 0 };
    }

    private static Located<uint>? Time(MapReader watchdog, string key, uint least) => watchdog.Node(key) is { } node
        ? ScalarReader.Time(node, watchdog.Call(key), least, WatchdogEntry.Longest, watchdog.Diagnostics) : null;
}
