using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Bulkhead.Boot;
using Bulkhead.Update;

namespace Bulkhead.Emulator.Tests;

/// <summary>Bundles that `./bulkhead package` does not make: changed afterwards, with digests that are right again, and signed by whoever has a key.</summary>
internal static class ForgedBundle
{
    private const int DigestOffset = 16, ProgramHeaderSize = 56;

    public static ref BundleHeader HeaderOf(byte[] bundle) => ref Unsafe.As<byte, BundleHeader>(ref bundle[0]);

    /// <summary>A part's bytes, as its slot will have them.</summary>
    public static Span<byte> Part(byte[] bundle, int part) => bundle.AsSpan((int)HeaderOf(bundle).Part[part].Offset, (int)HeaderOf(bundle).Part[part].Size);

    /// <summary>The bundle with other bytes in a part, which must be as many.</summary>
    public static byte[] WithPart(byte[] bundle, int part, ReadOnlySpan<byte> content)
    {
        byte[] result = [.. bundle];
        content.CopyTo(Part(result, part));
        return result;
    }

    /// <summary>Makes the digests of its parts and its header those of what they are, and signs it.</summary>
    /// <param name="key">A PEM file; null leaves it unsigned.</param>
    public static byte[] Seal(byte[] bundle, string? key)
    {
        byte[] result = [.. bundle];
        ref BundleHeader header = ref HeaderOf(result);
        for (int i = 0; i < (int)header.PartCount; i++)
            SHA256.HashData(Part(result, i), header.Part[i].Digest);
        Span<byte> message = result.AsSpan(SignedHeader.SignedFrom, (int)header.HeaderSize - SignedHeader.SignedFrom);
        SHA256.HashData(message, result.AsSpan(DigestOffset));
        if (key is null)
            return result;
        using RSA rsa = RSA.Create();
        rsa.ImportFromPem(File.ReadAllText(key));
        rsa.SignData(message, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CopyTo(result.AsSpan(BundleHeader.SignatureOffset));
        return result;
    }

    /// <summary>The bundle of a hypervisor that does nothing at all, for ever, from its first instruction on.</summary>
    public static byte[] Hanging(byte[] bundle)
    {
        byte[] result = [.. bundle];
        Span<byte> part = Part(result, 0), binary = part[HypervisorHeader.StoredSize..];
        bool isElf = BitConverter.ToUInt32(binary) == 0x464c_457f;
        // A branch to itself, where it is entered: A64's B, x86's JMP rel8.
        ReadOnlySpan<byte> jump = isElf ? [0xeb, 0xfe] : [0, 0, 0, 0x14];
        jump.CopyTo(binary[(isElf ? EntryOf(binary) : 0)..]);
        ref HypervisorHeader header = ref MemoryMarshal.AsRef<HypervisorHeader>(part);
        SHA256.HashData(binary, header.Digest);
        SHA256.HashData(part[SignedHeader.SignedFrom..(int)header.HeaderSize], header.HeaderDigest);
        return Seal(result, null);
    }

    // Of an ELF file: where it holds the byte at e_entry (gABI 4.1, chapters 4 and 5).
    private static int EntryOf(ReadOnlySpan<byte> file)
    {
        ulong entry = BinaryPrimitives.ReadUInt64LittleEndian(file[24..]);
        for (ReadOnlySpan<byte> header = file[(int)BinaryPrimitives.ReadUInt64LittleEndian(file[32..])..]; ; header = header[ProgramHeaderSize..])
        {
            ulong at = entry - BinaryPrimitives.ReadUInt64LittleEndian(header[16..]);
            if (BinaryPrimitives.ReadUInt32LittleEndian(header) == 1 && at < BinaryPrimitives.ReadUInt64LittleEndian(header[32..]))
                return (int)(BinaryPrimitives.ReadUInt64LittleEndian(header[8..]) + at);
        }
    }
}
