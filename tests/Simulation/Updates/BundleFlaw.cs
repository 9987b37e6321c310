namespace Bulkhead.Simulation.Updates;

/// <summary>Why a bundle must be refused.</summary>
internal enum BundleFlaw
{
    None,
    /// <summary>By a key that the appliance does not know for what is in it.</summary>
    WrongKey,
    /// <summary>A bit of what the signature covers.</summary>
    HeaderFlipped,
    /// <summary>A bit of a part.</summary>
    PartFlipped,
    OtherBoard,
    /// <summary>A part's rollback index is below the one that was confirmed.</summary>
    Downgrade,
    /// <summary>It says the same part twice.</summary>
    PartTwice,
}
