namespace Bulkhead.Update;

/// <summary>What is wrong with a header's beginning. The errors of those that have one go on in this order.</summary>
public enum HeaderFault
{
    None,
    BadMagic,
    BadVersion,
    BadSize,
    BadDigest,
}
