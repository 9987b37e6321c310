using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bulkhead.Partitions;

namespace Bulkhead.Update;

/// <summary>
/// The beginning of an update bundle (.bhu): 4096 bytes, then each part as it will stand in its slot. What is switched
/// together is signed together: a bundle for one guest by that guest's key, any other by the appliance's root key.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct BundleHeader
{
    /// <summary>"BHBUNDL1" read as a little-endian number.</summary>
    public const ulong ExpectedMagic = 0x314C444E55424842;
    public const uint CurrentVersion = 1;
    public const int StoredSize = 4096;
    /// <summary>From the start of the bundle: the signature of everything after <see cref="HeaderDigest"/>, up to HeaderSize.</summary>
    public const int SignatureOffset = StoredSize - RsaNumber.Size;
    /// <summary>Parts begin at multiples of this.</summary>
    public const int PartAlignment = 4096;

    public ulong Magic;
    public uint Version;
    public uint HeaderSize;
    public Digest256 HeaderDigest;
    public FixedName ApplianceName;
    public FixedName BoardName;
    public uint PartCount;
    public uint Reserved;
    public Parts Part;

    [InlineArray(UpdateUnit.Count)]
    public struct Parts
    {
        private BundlePart _first;
    }
}

/// <summary>One unit's new content.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct BundlePart
{
    public BundlePartKind Kind;
    public uint Reserved;
    /// <summary>Empty but for a guest.</summary>
    public FixedName GuestName;
    /// <summary>From the bundle's first byte.</summary>
    public ulong Offset;
    public ulong Size;
    /// <summary>SHA-256 of its bytes.</summary>
    public Digest256 Digest;
}

public enum BundlePartKind : uint
{
    Hypervisor = 1,
    Table = 2,
    Guest = 3,
}
