namespace Bulkhead.Boot;

/// <summary>The board's own watchdog, which resets it when a hypervisor on trial hangs.</summary>
public enum WatchdogKind : uint
{
    None,
    /// <summary>The TCO timer of Intel's ICH9, if the chip set is one.</summary>
    Ich9Tco,
}
