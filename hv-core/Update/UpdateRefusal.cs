namespace Bulkhead.Update;

/// <summary>Why an update's step is not taken; nothing has changed then.</summary>
public enum UpdateRefusal
{
    None,
    /// <summary>One set of units is on trial at a time, and it has not been confirmed or rolled back yet.</summary>
    TrialRunning,
    /// <summary>The unit's slot to be activated holds nothing whole.</summary>
    SlotNotReady,
    /// <summary>The package's rollback index is below the one that the board has confirmed.</summary>
    Downgrade,
    /// <summary>No unit, or one that the appliance does not have.</summary>
    NoSuchUnit,
    /// <summary>Nothing waits for this guest's word, or it does not run.</summary>
    NotOnTrial,
    /// <summary>The flash did not keep the record.</summary>
    NotKept,
}
