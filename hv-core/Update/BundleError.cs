namespace Bulkhead.Update;

/// <summary>Why a bundle is refused.</summary>
public enum BundleError
{
    None,
    Truncated,
    BadMagic,
    BadVersion,
    BadSize,
    BadDigest,
    OtherBoard,
    OtherAppliance,
    BadPartCount,
    BadPart,
    UnknownGuest,
    PartTwice,
    BadSignature,
}
