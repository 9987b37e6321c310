using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.ImageBuilder.Signing;
using Bulkhead.Update;

namespace Bulkhead.ImageBuilder.Layout;

/// <summary>An update bundle of some units of an appliance: one for one guest is signed by its key, any other by the root key.</summary>
public static class BundleBuilder
{
    /// <param name="parts">Each unit's new content: hypervisor and table without a guest.</param>
    /// <param name="name">What its signature's files are called.</param>
    /// <param name="root">Whose table the boards run, where that is not yet the manifest's root key.</param>
    public static byte[] Build(Appliance appliance, IReadOnlyList<(BundlePartKind Kind, Guest? Guest, byte[] Content)> parts, string name, Signer signer, SigningKey? root = null)
    {
        BundleHeader header = new()
        {
            Magic = BundleHeader.ExpectedMagic,
            Version = BundleHeader.CurrentVersion,
            HeaderSize = (uint)Unsafe.SizeOf<BundleHeader>(),
            ApplianceName = Names.Fixed(appliance.Name),
            BoardName = Names.Fixed(appliance.Board.Name),
            PartCount = (uint)parts.Count,
        };
        MemoryStream bundle = new();
        bundle.SetLength(BundleHeader.StoredSize);
        for (int i = 0; i < parts.Count; i++)
        {
            // Each part from a new page; the last one ends the bundle.
            bundle.SetLength((bundle.Length + BundleHeader.PartAlignment - 1) / BundleHeader.PartAlignment * BundleHeader.PartAlignment);
            bundle.Position = bundle.Length;
            header.Part[i] = new BundlePart
            {
                Kind = parts[i].Kind,
                GuestName = Names.Fixed(parts[i].Guest?.Name ?? ""),
                Offset = (ulong)bundle.Position,
                Size = (ulong)parts[i].Content.Length,
                Digest = Names.Digest(SHA256.HashData(parts[i].Content)),
            };
            bundle.Write(parts[i].Content);
        }
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(ref header, 1));
        header.HeaderDigest = Names.Digest(SHA256.HashData(bytes[SignedHeader.SignedFrom..]));
        byte[] result = bundle.ToArray();
        bytes.CopyTo(result);
        SigningKey? key = parts is [{ Guest: { } only }] ? only.Key : root ?? appliance.Root;
        signer.Sign(name, key, bytes[SignedHeader.SignedFrom..]).CopyTo(result.AsSpan(BundleHeader.SignatureOffset));
        return result;
    }
}
