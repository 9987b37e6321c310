using System;
using System.Runtime.InteropServices;
using Bulkhead.Boot;
using Bulkhead.Partitions;

namespace Bulkhead.Update;

/// <summary>
/// How the appliance table and the headers of hypervisor, package and bundle begin. The fields before
/// <see cref="SignedFrom"/> have one value each that is accepted; the digest in them is that of all the rest, which is
/// what a signature covers.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct SignedHeader
{
    /// <summary>The signed message begins here.</summary>
    public const int SignedFrom = 16 + 32;

    public ulong Magic;
    public uint Version;
    /// <summary>Of the whole header, this beginning included, in bytes.</summary>
    public uint Size;
    public Digest256 Digest;

    /// <param name="header">A header's bytes, exactly as many as it has to have, 8 or more aligned.</param>
    public static HeaderFault Check(ReadOnlySpan<byte> header, ulong magic, uint version)
    {
        ref readonly SignedHeader beginning = ref MemoryMarshal.AsRef<SignedHeader>(header);
        if (beginning.Magic != magic)
            return HeaderFault.BadMagic;
        if (beginning.Version != version)
            return HeaderFault.BadVersion;
        if (beginning.Size != (uint)header.Length)
            return HeaderFault.BadSize;
        Digest256 digest = default;
        Sha256.Compute(header.Slice(SignedFrom), ref digest);
        return Sha256.AreEqual(in digest, in beginning.Digest) ? HeaderFault.None : HeaderFault.BadDigest;
    }
}
