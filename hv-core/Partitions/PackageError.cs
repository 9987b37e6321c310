namespace Bulkhead.Partitions;

/// <summary>Why a package is not started.</summary>
public enum PackageError
{
    None,
    EmptySlot,
    Truncated,
    BadMagic,
    BadVersion,
    BadSize,
    BadDigest,
    WrongGuest,
    WrongBoard,
    BadSegmentCount,
    BadKind,
    BadStoredRange,
    OverlappingStored,
    BadLoadRange,
    OverlappingLoad,
    BadTotals,
    BadEntry,
    BadBootInfo,
    BadSeed,
    MemoryUnreachable,
    NoRoomToUnpack,
    Unreadable,
    BadCompression,
    WrongSegmentDigest,
    BadSignature,
    Downgrade,
    OtherChannels,
}
