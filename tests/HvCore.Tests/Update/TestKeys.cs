using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Bulkhead.Partitions;
using Bulkhead.Update;

namespace Bulkhead.Tests.Update;

/// <summary>Keys of a test run: the board's root, the gateway's supplier, and somebody else's.</summary>
internal static class TestKeys
{
    public static readonly RSA Root = RSA.Create(3072), Gateway = RSA.Create(3072), Stranger = RSA.Create(3072);

    public static RsaNumber Modulus(RSA key) => MemoryMarshal.Read<RsaNumber>(key.ExportParameters(false).Modulus);

    public static Digest256 Digest(RSA key) => MemoryMarshal.Read<Digest256>(SHA256.HashData(key.ExportParameters(false).Modulus!));

    public static byte[] Sign(RSA key, byte[] message) => key.SignData(message, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
}
