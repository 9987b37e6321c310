using System.Globalization;
using System.Text.RegularExpressions;
using Bulkhead.ImageBuilder.Diagnostics;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Manifest;

/// <summary>Reads a guest's `restart`; what it leaves out is as in <see cref="Default"/>.</summary>
internal static partial class RestartReader
{
    /// <summary>A guest that falls is picked up, but not for ever; one that switches itself off stays off.</summary>
    public static RestartPolicy Default => new()
    {
        On = RestartReasons.Crash | RestartReasons.Reset | RestartReasons.Watchdog,
        DelayMilliseconds = 100,
        Limit = 5,
        WindowSeconds = 60,
        Last = LastResort.SafeStop,
    };

    public static RestartPolicy Read(MapReader? restart, DiagnosticBag diagnostics)
    {
        RestartPolicy policy = Default;
        if (restart is null)
            return policy;
        if (restart.List("on", item => ScalarReader.Choice(item, "a reason to restart", Reasons, diagnostics)) is { } reasons)
            policy.On = reasons.Aggregate(RestartReasons.None, (all, reason) => all | Enum.Parse<RestartReasons>(reason.Value, ignoreCase: true));
        if (restart.Node("delay") is { } delay && ScalarReader.Time(delay, restart.Call("delay"), 0, RestartPolicy.MaxDelayMilliseconds, diagnostics) is { } time)
            policy.DelayMilliseconds = time.Value;
        if (restart.Node("limit") is { } limit)
            ReadLimit(limit, restart.Call("limit"), diagnostics, ref policy);
        if (restart.Node("then") is { } then)
            ReadThen(then, restart, diagnostics, ref policy);
        return policy;
    }

    /// <summary>What `on` may hold.</summary>
    public static string[] Reasons => ["crash", "reset", "watchdog", "off"];

    private static void ReadLimit(ManifestNode node, string what, DiagnosticBag diagnostics, ref RestartPolicy policy)
    {
        if (ScalarReader.Text(node, what, LimitPattern(), "such as `5 per 60 s`, or `none`", diagnostics) is not { } text)
            return;
        Match match = LimitPattern().Match(text.Value);
        if (text.Value == "none")
        {
            policy.Limit = 0;
            return;
        }
        if (InRange(match.Groups[1].Value, RestartPolicy.MaxLimit, text, $"{what} is at most {RestartPolicy.MaxLimit} restarts, or `none`", diagnostics) is { } limit)
            policy.Limit = (uint)limit;
        ulong unit = match.Groups[3].Value switch { "h" => 3600ul, "min" => 60, _ => 1 };
        if (InRange(match.Groups[2].Value, RestartPolicy.MaxWindowSeconds / unit, text, $"{what} counts over at most a day", diagnostics) is { } window)
            policy.WindowSeconds = (uint)(window * unit);
    }

    /// <summary>Either `board-reset`, or `[fallback, board-reset]`: what is tried first comes first.</summary>
    private static void ReadThen(ManifestNode node, MapReader restart, DiagnosticBag diagnostics, ref RestartPolicy policy)
    {
        ManifestNode[] items = node is ManifestList list ? [.. list.Items] : [node];
        Located<string>[] steps = [.. items
            .Select(item => ScalarReader.Choice(item, restart.Call("then"), ["safe-stop", "board-reset", "fallback"], diagnostics)).OfType<Located<string>>()];
        if (steps.Length != items.Length)
            return;
        policy.Fallback = steps.FirstOrDefault()?.Value == "fallback" ? 1u : 0;
        Located<string>[] last = steps[(int)policy.Fallback..];
        if (last.Length > 1 || steps.Length == 0 || last.Any(step => step.Value == "fallback"))
            diagnostics.Add(SyntaxDiagnostics.WrongCount, restart.Key("then")!.Span, $"{restart.Call("then")} ends with safe-stop or board-reset, with fallback before it or not");
        policy.Last = last.FirstOrDefault()?.Value == "board-reset" ? LastResort.BoardReset : LastResort.SafeStop;
    }

    private static ulong? InRange(string digits, ulong most, Located<string> text, string message, DiagnosticBag diagnostics)
    {
        if (ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value) && value <= most)
            return value;
        diagnostics.Add(SyntaxDiagnostics.OutOfRange, text.Span, $"{message}, and is {text.Value}");
        return null;
    }

    [GeneratedRegex(@"\A(?:none|([1-9][0-9]*) per ([1-9][0-9]*) ?(s|min|h))\z")]
    private static partial Regex LimitPattern();
}
