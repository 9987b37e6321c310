using System;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Bulkhead.Partitions;
using Bulkhead.Update;

namespace Bulkhead.Simulation.Updates;

/// <summary>
/// The keys of every simulated appliance: products of the greatest primes of 1536 bits, which keep nothing secret and are
/// the same in every run.
/// </summary>
internal static class SimulatedKeys
{
    public static readonly RSA Root = Make(3453, 4977), Supplier = Make(3453, 7769), Stranger = Make(4977, 7769);

    public static RsaNumber Modulus(RSA key) => MemoryMarshal.Read<RsaNumber>(key.ExportParameters(false).Modulus);

    public static Digest256 Digest(RSA key) => MemoryMarshal.Read<Digest256>(SHA256.HashData(key.ExportParameters(false).Modulus!));

    public static byte[] Sign(RSA key, ReadOnlySpan<byte> message) => key.SignData(message, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    /// <param name="p">From 2^1536 down to the first prime.</param>
    /// <param name="q">And to the second.</param>
    private static RSA Make(int p, int q)
    {
        BigInteger first = BigInteger.Pow(2, 1536) - p, second = BigInteger.Pow(2, 1536) - q, one = BigInteger.One;
        BigInteger secret = Inverse(RsaVerifier.Exponent, (first - one) * (second - one));
        return RSA.Create(new RSAParameters
        {
            Exponent = [1, 0, 1],
            Modulus = Bytes(first * second, 384),
            P = Bytes(first, 192),
            Q = Bytes(second, 192),
            D = Bytes(secret, 384),
            DP = Bytes(secret % (first - one), 192),
            DQ = Bytes(secret % (second - one), 192),
            InverseQ = Bytes(Inverse(second, first), 192),
        });
    }

    // Extended Euclid.
    private static BigInteger Inverse(BigInteger value, BigInteger modulus)
    {
        (BigInteger above, BigInteger below, BigInteger x, BigInteger y) = (modulus, value, 0, 1);
        while (below != 0)
        {
            BigInteger times = above / below;
            (above, below) = (below, above - times * below);
            (x, y) = (y, x - times * y);
        }
        return x < 0 ? x + modulus : x;
    }

    private static byte[] Bytes(BigInteger number, int length)
    {
        byte[] bytes = new byte[length], digits = number.ToByteArray(true, true);
        digits.CopyTo(bytes, length - digits.Length);
        return bytes;
    }
}
