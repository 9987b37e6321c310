using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Bulkhead.Partitions;
using Bulkhead.Update;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Bulkhead.Tests.Update;

public class RsaVerifierTests
{
    /// <summary>Project Wycheproof's cases for this very signature, each with a fault that some library once accepted.</summary>
    [Fact]
    public void Agrees_with_all_of_Wycheproof()
    {
        using FileStream file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Update", "Wycheproof", "rsa_signature_3072_sha256_test.json"));
        using JsonDocument vectors = JsonDocument.Parse(file);
        List<string> wrong = [];
        int count = 0;
        foreach (JsonElement group in vectors.RootElement.GetProperty("testGroups").EnumerateArray())
        {
            RsaNumber modulus = Number(Hex(group.GetProperty("publicKey"), "modulus").AsSpan(1));
            uint exponent = Convert.ToUInt32(group.GetProperty("publicKey").GetProperty("publicExponent").GetString(), 16);
            foreach (JsonElement test in group.GetProperty("tests").EnumerateArray())
            {
                byte[] signature = Hex(test, "sig");
                // What has another length never becomes an RsaNumber.
                bool accepted = signature.Length == RsaNumber.Size
                    && RsaVerifier.Verify(in modulus, exponent, Digest(Hex(test, "msg")), Number(signature));
                // "acceptable" is the legacy form without the NULL, which RFC 8017 does not allow to be made.
                if (accepted != (test.GetProperty("result").GetString() == "valid"))
                    wrong.Add($"{test.GetProperty("tcId")} {test.GetProperty("comment")}: {accepted}");
                count++;
            }
        }
        Assert.Empty(wrong);
        Assert.Equal(vectors.RootElement.GetProperty("numberOfTests").GetInt32(), count);
        Assert.Equal(259, count);
    }

    [Fact]
    public void Accepts_what_the_framework_signed()
    {
        for (int i = 0; i < 4; i++)
        {
            using RSA key = RSA.Create(3072);
            byte[] message = RandomNumberGenerator.GetBytes(i * 61);
            RsaNumber modulus = Number(key.ExportParameters(false).Modulus);
            Assert.True(RsaVerifier.Verify(in modulus, Digest(message), Number(Sign(key, message))));
            Assert.False(RsaVerifier.Verify(in modulus, Digest([.. message, 0]), Number(Sign(key, message))));
            using RSA other = RSA.Create(3072);
            Assert.False(RsaVerifier.Verify(in modulus, Digest(message), Number(Sign(other, message))));
        }
    }

    [Fact]
    public void Refuses_every_flipped_bit_of_the_signature()
    {
        using RSA key = RSA.Create(3072);
        RsaNumber modulus = Number(key.ExportParameters(false).Modulus);
        Digest256 digest = Digest([1, 2, 3]);
        RsaNumber signature = Number(Sign(key, [1, 2, 3]));
        for (int bit = 0; bit < 8 * RsaNumber.Size; bit++)
        {
            signature[bit / 8] ^= (byte)(1 << bit % 8);
            Assert.False(RsaVerifier.Verify(in modulus, in digest, in signature), $"bit {bit}");
            signature[bit / 8] ^= (byte)(1 << bit % 8);
        }
        Assert.True(RsaVerifier.Verify(in modulus, in digest, in signature));
    }

    [Fact]
    public void Refuses_a_key_that_is_none()
    {
        using RSA key = RSA.Create(3072);
        Digest256 digest = Digest([]);
        RsaNumber signature = Number(Sign(key, []));
        RsaNumber modulus = Number(key.ExportParameters(false).Modulus);
        RsaNumber even = modulus, small = modulus;
        even[RsaNumber.Size - 1] &= 0xfe;
        small[0] &= 0x7f;
        Assert.False(RsaVerifier.Verify(in even, in digest, in signature));
        Assert.False(RsaVerifier.Verify(in small, in digest, in signature));
        Assert.False(RsaVerifier.Verify(default, in digest, default));
    }

    /// <summary>The arithmetic against the framework's, with moduli of long runs of equal bits, where carries go far.</summary>
    [Fact]
    public void Powers_are_the_frameworks() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(60), Prop.ForAll(Runs.ToArbitrary(), Runs.ToArbitrary(), (modulusBytes, baseBytes) =>
        {
            modulusBytes[0] |= 0x80;
            modulusBytes[^1] |= 1;
            BigInteger modulus = new(modulusBytes, true, true);
            BigInteger number = new(baseBytes, true, true);
            RsaArithmetic arithmetic = default;
            arithmetic.SetModulus(Number(modulusBytes));
            RsaNumber power = default;
            foreach (uint exponent in new uint[] { 1, 2, 3, 65537 })
            {
                if (arithmetic.TryPower(Number(baseBytes), exponent, ref power) != number < modulus)
                    return false;
                if (number < modulus && new BigInteger(Bytes(ref power), true, true) != BigInteger.ModPow(number, exponent, modulus))
                    return false;
            }
            return true;
        }));

    // Runs of 00, of FF, and of anything.
    private static readonly Gen<byte[]> Runs =
        (from kind in Gen.Choose(0, 2) from length in Gen.Choose(1, 200) from seed in Gen.Choose(0, int.MaxValue) select (kind, length, seed))
        .ListOf().Select(runs =>
        {
            List<byte> bytes = [];
            foreach ((int kind, int length, int seed) in runs)
            {
                byte[] run = new byte[length];
                if (kind == 1)
                    Array.Fill(run, (byte)0xff);
                else if (kind == 2)
                    new Random(seed).NextBytes(run);
                bytes.AddRange(run);
            }
            bytes.AddRange(new byte[RsaNumber.Size]);
            return bytes.Take(RsaNumber.Size).ToArray();
        });

    private static byte[] Sign(RSA key, byte[] message) => key.SignData(message, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    private static byte[] Hex(JsonElement element, string name) => Convert.FromHexString(element.GetProperty(name).GetString()!);

    private static RsaNumber Number(ReadOnlySpan<byte> bytes) => MemoryMarshal.Read<RsaNumber>(bytes);

    private static Digest256 Digest(byte[] message) => MemoryMarshal.Read<Digest256>(SHA256.HashData(message));

    private static byte[] Bytes(ref RsaNumber number) => MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref number, 1)).ToArray();
}
