using System;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Bulkhead.Partitions;
using Xunit;

namespace Bulkhead.Tests.Core;

public class Sha256Tests
{
    // FIPS 180-4's examples and the long one of the NIST validation suite.
    [Theory]
    [InlineData("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")]
    public void Matches_the_published_examples(string message, string digest) =>
        Assert.Equal(digest, Convert.ToHexString(Hash(Encoding.ASCII.GetBytes(message))).ToLowerInvariant());

    [Fact]
    public void Matches_the_million_a() =>
        Assert.Equal("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
            Convert.ToHexString(Hash(Encoding.ASCII.GetBytes(new string('a', 1_000_000)))).ToLowerInvariant());

    [Fact]
    public void Matches_the_BCL_at_every_length()
    {
        byte[] message = new byte[400];
        new Random(1).NextBytes(message);
        for (int length = 0; length <= message.Length; length++)
            Assert.Equal(SHA256.HashData(message.AsSpan(0, length)), Hash(message.AsSpan(0, length)));
    }

    private static byte[] Hash(ReadOnlySpan<byte> message)
    {
        Digest256 digest = default;
        Bulkhead.Boot.Sha256.Compute(message, ref digest);
        return MemoryMarshal.CreateSpan(ref digest[0], 32).ToArray();
    }
}
