using System.Globalization;
using System.Text.RegularExpressions;
using Bulkhead.ImageBuilder.Diagnostics;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Manifest;

/// <summary>Reads a guest's `watchdog`.</summary>
internal static partial class WatchdogReader
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
            diagnostics.Add(ApplianceDiagnostics.LatePreTimeout, pre.Span, $"{watchdog.Call("pretimeout")} is {Words(pre.Value)}, and all of its `{which}` only {Words(shortest)}",
                new DiagnosticNote(watchdog.Key(which)!.Span, $"`{which}` is here"));
        }
        return new WatchdogEntry { Timeout = timeout.Value, PreTimeout = pre.Value, Boot = boot?.Value ?? 0 };
    }

    /// <summary>Milliseconds as a manifest says them.</summary>
    public static string Words(uint milliseconds) => milliseconds % 60_000 == 0 && milliseconds != 0 ? $"{milliseconds / 60_000} min"
        : milliseconds % 1000 == 0 ? $"{milliseconds / 1000} s" : $"{milliseconds} ms";

    private static Located<uint>? Time(MapReader watchdog, string key, uint least)
    {
        string what = watchdog.Call(key);
        if (watchdog.Node(key) is not { } node || ScalarReader.Text(node, what, TimePattern(), "a time such as `500 ms`, `10 s` or `2 min`", watchdog.Diagnostics) is not { } text)
            return null;
        Match match = TimePattern().Match(text.Value);
        ulong unit = match.Groups[2].Value switch { "min" => 60_000ul, "s" => 1000, _ => 1 };
        if (ulong.TryParse(match.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value)
            && value <= WatchdogEntry.Longest / unit && value * unit >= least)
            return new Located<uint>((uint)(value * unit), text.Span);
        watchdog.Diagnostics.Add(SyntaxDiagnostics.OutOfRange, text.Span, $"{what} is {(least == 0 ? "" : $"at least {least} ms and ")}at most a day, and is {text.Value}");
        return null;
    }

    [GeneratedRegex(@"\A(0|[1-9][0-9]*) ?(ms|s|min)\z")]
    private static partial Regex TimePattern();
}
