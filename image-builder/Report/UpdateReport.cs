using Bulkhead.ImageBuilder.Manifest;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Report;

/// <summary>How a guest's update proves itself. <paramref name="Required"/>: a new hypervisor or table waits for this guest's word as well.</summary>
public sealed record UpdateReport(uint Tries, uint ConfirmMilliseconds, string Health, bool Required)
{
    internal static UpdateReport Of(in UpdatePolicy policy) =>
        new(policy.Tries, policy.ConfirmMilliseconds, policy.Health == HealthSource.Watchdog ? "watchdog" : "report", policy.IsRequired != 0);

    /// <summary>A line, for people.</summary>
    internal string Words()
    {
        string word = Health == "watchdog" ? "a report or a fed watchdog" : "a report";
        string tries = Tries == 1 ? "1 try" : $"{Tries} tries";
        return $"an update has {tries}, and {ScalarReader.Words(ConfirmMilliseconds)} each for {word}";
    }
}
