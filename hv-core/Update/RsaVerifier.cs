using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bulkhead.Partitions;

namespace Bulkhead.Update;

/// <summary>
/// RSASSA-PKCS1-v1_5 with SHA-256 and a modulus of 3072 bits (RFC 8017 section 8.2.2): nothing else is accepted, and
/// nothing is negotiated. What a right signature must open to is built and compared as a whole, never parsed.
/// </summary>
public static class RsaVerifier
{
    public const uint Exponent = 65537;

    /// <summary>Whether <paramref name="signature"/> is this key's for a message of this digest.</summary>
    /// <param name="modulus">The key; one that is even or shorter than 3072 bits has signed nothing.</param>
    public static bool Verify(in RsaNumber modulus, in Digest256 digest, in RsaNumber signature) =>
        Verify(in modulus, Exponent, in digest, in signature);

    /// <summary>Odd, and of 3072 bits; what else makes a good key only its owner can know.</summary>
    public static bool IsModulus(in RsaNumber number) => (number[0] & 0x80) != 0 && (number[RsaNumber.Size - 1] & 1) != 0;

    internal static bool Verify(in RsaNumber modulus, uint exponent, in Digest256 digest, in RsaNumber signature)
    {
        if (!IsModulus(in modulus))
            return false;
        RsaArithmetic arithmetic = default;
        arithmetic.SetModulus(in modulus);
        RsaNumber opened = default;
        if (!arithmetic.TryPower(in signature, exponent, ref opened))
            return false;
        RsaNumber expected = default;
        Encode(in digest, ref expected);
        return Bytes(in opened).SequenceEqual(Bytes(in expected));
    }

    // EMSA-PKCS1-v1_5, section 9.2: 00 01 FF .. FF 00, then the digest as a DigestInfo.
    private static void Encode(in Digest256 digest, ref RsaNumber encoded)
    {
        Span<byte> bytes = MemoryMarshal.CreateSpan(ref encoded[0], RsaNumber.Size);
        ReadOnlySpan<byte> hash = MemoryMarshal.CreateReadOnlySpan(in digest[0], Unsafe.SizeOf<Digest256>());
        int info = RsaNumber.Size - hash.Length - DigestInfo.Length;
        bytes.Fill(0xff);
        bytes[0] = 0;
        bytes[1] = 1;
        bytes[info - 1] = 0;
        DigestInfo.CopyTo(bytes.Slice(info));
        hash.CopyTo(bytes.Slice(info + DigestInfo.Length));
    }

    private static ReadOnlySpan<byte> Bytes(in RsaNumber number) => MemoryMarshal.CreateReadOnlySpan(in number[0], RsaNumber.Size);

    /// <summary>DER of a DigestInfo for SHA-256 up to the digest (section 9.2, note 1).</summary>
    private static ReadOnlySpan<byte> DigestInfo =>
        [0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20];
}
