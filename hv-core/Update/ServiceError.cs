namespace Bulkhead.Update;

/// <summary>Why the update service does not do what it was asked (docs/abi.md).</summary>
public enum ServiceError
{
    None,
    UnknownCommand,
    UnknownGuest,
    Off,
    Busy,
    NoBundle,
    Incomplete,
    NotVerified,
    OutOfOrder,
    BadData,
    BadBundle,
    BadSignature,
    OtherBoard,
    OtherAppliance,
    NoSlot,
    TooLarge,
    BadPackage,
    OtherChannels,
    OtherGuests,
    Downgrade,
    WrongDigest,
    TrialRunning,
    NoTrial,
    SlotNotReady,
    Flash,
    NoUpdates,
}
