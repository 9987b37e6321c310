namespace Bulkhead.Update;

/// <summary>Why a unit gave its slot up for the other one; its number stands in the state record.</summary>
public enum BackReason : byte
{
    /// <summary>It did not.</summary>
    None,
    /// <summary>Nobody said in time that it works.</summary>
    Unconfirmed,
    Crash,
    Reset,
    Watchdog,
    Off,
    /// <summary>What the slot holds was refused.</summary>
    Package,
    /// <summary>It was launched as often as it may be: power cycles, or a hypervisor that hung.</summary>
    Tries,
    Asked,
    /// <summary>The flash did not keep what must be kept before a launch.</summary>
    Flash,
}
