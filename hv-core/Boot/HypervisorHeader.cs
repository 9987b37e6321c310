using System.Runtime.InteropServices;
using Bulkhead.Partitions;
using Bulkhead.Update;

namespace Bulkhead.Boot;

/// <summary>Stands before the hypervisor's binary in its flash partition (4096 bytes, then the binary).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct HypervisorHeader
{
    /// <summary>"BHHYPER1" read as a little-endian number.</summary>
    public const ulong ExpectedMagic = 0x3152455059484842;
    public const int StoredSize = 4096;
    public const uint CurrentVersion = 1;
    /// <summary>From the first byte of the header: the <see cref="RootSignature"/>.</summary>
    public const int SignatureOffset = StoredSize - RootSignature.Size;

    public ulong Magic;
    public uint Version;
    public uint HeaderSize;
    /// <summary>SHA-256 of the header bytes after this field, up to HeaderSize; that is what is signed.</summary>
    public Digest256 HeaderDigest;
    /// <summary>Bytes of the binary.</summary>
    public ulong BinarySize;
    /// <summary>SHA-256 of the binary.</summary>
    public Digest256 Digest;
    /// <summary>For people.</summary>
    public FixedName HypervisorVersion;
    /// <summary>Not started where a higher index has been confirmed.</summary>
    public ulong Rollback;
}
