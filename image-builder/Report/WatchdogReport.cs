using Bulkhead.ImageBuilder.Manifest;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Report;

/// <summary>A guest's watchdog. <paramref name="BootMilliseconds"/> is null where the guest starts it itself.</summary>
public sealed record WatchdogReport(uint TimeoutMilliseconds, uint PretimeoutMilliseconds, uint? BootMilliseconds, WatchdogPlaceReport Place)
{
    internal static WatchdogReport? Of(in GuestEntry entry, CpuArchitecture architecture) => entry.Watchdog.Timeout == 0 ? null : new WatchdogReport(
        entry.Watchdog.Timeout,
        entry.Watchdog.PreTimeout,
        entry.Watchdog.Boot == 0 ? null : entry.Watchdog.Boot,
        architecture == CpuArchitecture.Arm64
            ? new WatchdogPlaceReport(entry.Arm64.WatchdogControl.Value, entry.Arm64.WatchdogRefresh.Value, entry.Arm64.WatchdogIntId, null)
            : new WatchdogPlaceReport(null, null, null, entry.X86.WatchdogPort));

    /// <summary>Two lines, for people.</summary>
    internal (string Times, string Place) Words()
    {
        string boot = BootMilliseconds is { } milliseconds ? $", from the start with {ScalarReader.Words(milliseconds)}" : ", started by the guest";
        string pre = PretimeoutMilliseconds == 0 ? "" : $", pre-timeout {ScalarReader.Words(PretimeoutMilliseconds)} before";
        string place = Place.Port is { } port ? $"port 0x{port:x}" : $"0x{Place.Control:x8} and 0x{Place.Refresh:x8}, interrupt {Place.Intid}";
        return ($"watchdog {ScalarReader.Words(TimeoutMilliseconds)}{pre}{boot}", $"watchdog registers {place}");
    }
}

/// <summary>Where the guest sees it: two frames and WS0's interrupt on arm64, sixteen ports on x86.</summary>
public sealed record WatchdogPlaceReport(ulong? Control, ulong? Refresh, uint? Intid, uint? Port);
