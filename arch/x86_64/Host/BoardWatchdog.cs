using Bulkhead.Boot;
using Bulkhead.X86.Chipset;

namespace Bulkhead.X86.Host;

/// <summary>The board's own watchdog, where the board has one and the first stage knows of it.</summary>
internal static class BoardWatchdog
{
    private static TcoTimer<PortIo> _timer;

    /// <summary>On the first CPU, before others run.</summary>
    public static bool TryOpen() => DiskImage.Config.Watchdog == WatchdogKind.Ich9Tco && TcoTimer<PortIo>.TryFind(out _timer, out _);

    public static void Feed(uint milliseconds) => _timer.Feed(milliseconds);

    public static void Stop() => _timer.Stop();
}
