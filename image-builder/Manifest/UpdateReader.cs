using Bulkhead.ImageBuilder.Diagnostics;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Manifest;

/// <summary>Reads a guest's `update`; what it leaves out is as in <see cref="Default"/>.</summary>
internal static class UpdateReader
{
    public static UpdatePolicy Default => new() { Tries = 3, ConfirmMilliseconds = 60_000, Health = HealthSource.Report };

    public static UpdatePolicy Read(MapReader? update, bool hasWatchdog, DiagnosticBag diagnostics)
    {
        UpdatePolicy policy = Default;
        if (update is null)
            return policy;
        // Who says how its health is known is asked for it.
        policy.IsRequired = 1;
        policy.Tries = (uint)(update.Number("tries", 1, UpdatePolicy.MaxTries)?.Value ?? policy.Tries);
        policy.ConfirmMilliseconds = (update.Node("confirm") is { } time
            ? ScalarReader.Time(time, update.Call("confirm"), UpdatePolicy.LeastConfirmMilliseconds, UpdatePolicy.MaxConfirmMilliseconds, diagnostics)?.Value : null) ?? policy.ConfirmMilliseconds;
        if (update.Choice("health", ["report", "watchdog"]) is not { } health)
            return policy;
        if (health.Value == "watchdog" && !hasWatchdog)
            diagnostics.Add(ApplianceDiagnostics.HealthWithoutWatchdog, health.Span, $"{update.Call("health")} is the first feeding of a watchdog, and this guest has none");
        else if (health.Value == "watchdog")
            policy.Health = HealthSource.Watchdog;
        return policy;
    }
}
