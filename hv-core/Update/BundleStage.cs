namespace Bulkhead.Update;

/// <summary>How far a bundle has come.</summary>
public enum BundleStage
{
    /// <summary>There is none.</summary>
    None,
    Receiving,
    /// <summary>All of it is in its slots,</summary>
    Written,
    /// <summary>some of it was read back,</summary>
    Verifying,
    /// <summary>all of it was: it may be activated.</summary>
    Verified,
}
