using System;
using System.Runtime.InteropServices;
using System.Runtime.CompilerServices;
using Bulkhead.Boot;
using Bulkhead.Partitions;

namespace Bulkhead.Update;

/// <summary>
/// Behind what the root key signs, the appliance table and the hypervisor's header: the key itself and its signature.
/// The first stage, which is never updated, knows the key by its digest.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct RootSignature
{
    public const int Size = 2 * RsaNumber.Size;

    public RsaNumber Key;
    public RsaNumber Signature;

    /// <summary>Whether a root key that the first stage knows has signed a message of this digest.</summary>
    public readonly bool IsFor(in Digest256 message, in RootDigests roots)
    {
        Digest256 key = default;
        Sha256.Compute(MemoryMarshal.CreateReadOnlySpan(in Key[0], RsaNumber.Size), ref key);
        return (Sha256.AreEqual(in key, in roots.First) || Sha256.AreEqual(in key, in roots.Second))
            && RsaVerifier.Verify(in Key, in message, in Signature);
    }
}
