using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Report;

/// <summary>What follows a guest's ends, in the manifest's words. <paramref name="Limit"/> is null when there is none.</summary>
public sealed record RestartReport(IReadOnlyList<string> On, uint DelayMilliseconds, uint? Limit, uint WindowSeconds, IReadOnlyList<string> Then)
{
    internal static RestartReport Of(in RestartPolicy policy)
    {
        RestartReasons on = policy.On;
        return new RestartReport(
            [.. new[] { RestartReasons.Crash, RestartReasons.Reset, RestartReasons.Watchdog, RestartReasons.Off }
                .Where(reason => (on & reason) != 0).Select(reason => reason.ToString().ToLowerInvariant())],
            policy.DelayMilliseconds,
            policy.Limit == 0 ? null : policy.Limit,
            policy.WindowSeconds,
            [.. policy.Fallback == 0 ? [] : new[] { "fallback" }, policy.Last == LastResort.BoardReset ? "board-reset" : "safe-stop"]);
    }

    /// <summary>Two lines, for people.</summary>
    internal (string Policy, string End) Words()
    {
        string delay = DelayMilliseconds % 1000 == 0 ? $"{DelayMilliseconds / 1000} s" : $"{DelayMilliseconds} ms";
        string policy = On.Count == 0 ? "not restarted" : $"restarted after {string.Join(", ", On)}, in {delay}";
        string limit = Limit is { } most && On.Count != 0 ? $"at most {most} times in {WindowSeconds} s, " : "";
        return (policy, $"{limit}then {string.Join(", ", Then)}");
    }
}
