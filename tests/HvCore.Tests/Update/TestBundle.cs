using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Bulkhead.Boot;
using Bulkhead.Partitions;
using Bulkhead.Tests.Core;
using Bulkhead.Update;

namespace Bulkhead.Tests.Update;

/// <summary>Bundles for the sample appliance, sound unless a test says otherwise.</summary>
internal static class TestBundle
{
    public delegate void MutateHeader(ref BundleHeader header);

    /// <summary>One for the gateway alone, signed by its supplier.</summary>
    public static byte[] Gateway(string version = "2", ulong rollback = 1, int size = 300_000, Samples.Mutate? package = null, MutateHeader? header = null, RSA? key = null) =>
        Make([Guest("gateway", version, rollback, size, package, TestKeys.Gateway)], header, key ?? TestKeys.Gateway);

    /// <summary>The two guests that are switched together, signed by the root key.</summary>
    public static byte[] Set(RSA? key = null, ulong appRollback = 1, MutateHeader? header = null) =>
        Make([Guest("gateway", "2", 1, 5000, null, TestKeys.Gateway), Guest("app", "2", appRollback, 9000, null, TestKeys.Root)], header, key ?? TestKeys.Root);

    public static (BundlePartKind, string, byte[]) Guest(string name, string version, ulong rollback, int size, Samples.Mutate? mutate, RSA key)
    {
        byte[] kernel = new byte[size], info = new byte[256];
        new Random(size + version.Length).NextBytes(kernel);
        int length = (PackageHeader.StoredSize + size + 4095) / 4096 * 4096 + info.Length;
        byte[] package = Samples.Slot(length, [new(SegmentKind.Kernel, 0x4000_0000, kernel), new(SegmentKind.BootInfo, 0x4020_0000, info)], (ref PackageHeader header) =>
        {
            header.GuestName = Samples.Name(name);
            header.GuestVersion = Samples.Name(version);
            header.Rollback = rollback;
            mutate?.Invoke(ref header);
        });
        TestKeys.Sign(key, package[SignedHeader.SignedFrom..Unsafe.SizeOf<PackageHeader>()]).CopyTo(package, PackageHeader.SignatureOffset);
        return (BundlePartKind.Guest, name, package);
    }

    public static (BundlePartKind, string, byte[]) Hypervisor(ulong rollback, RSA key)
    {
        byte[] content = new byte[HypervisorHeader.StoredSize + 10_000];
        new Random(3).NextBytes(content.AsSpan(HypervisorHeader.StoredSize));
        HypervisorHeader header = new()
        {
            Magic = HypervisorHeader.ExpectedMagic,
            Version = HypervisorHeader.CurrentVersion,
            HeaderSize = (uint)Unsafe.SizeOf<HypervisorHeader>(),
            BinarySize = 10_000,
            HypervisorVersion = Samples.Name("5"),
            Rollback = rollback,
        };
        MemoryMarshal.Write(content, in header);
        SHA256.HashData(content.AsSpan(48, Unsafe.SizeOf<HypervisorHeader>() - 48)).CopyTo(content, 16);
        key.ExportParameters(false).Modulus!.CopyTo(content, HypervisorHeader.SignatureOffset);
        TestKeys.Sign(key, content[48..Unsafe.SizeOf<HypervisorHeader>()]).CopyTo(content, HypervisorHeader.SignatureOffset + RsaNumber.Size);
        return (BundlePartKind.Hypervisor, "", content);
    }

    public static (BundlePartKind, string, byte[]) Table(ApplianceTable table, RSA key)
    {
        byte[] content = new byte[ApplianceTable.SignatureOffset + RootSignature.Size];
        byte[] stored = Samples.Stored(table);
        stored.CopyTo(content, 0);
        key.ExportParameters(false).Modulus!.CopyTo(content, ApplianceTable.SignatureOffset);
        TestKeys.Sign(key, stored[48..]).CopyTo(content, ApplianceTable.SignatureOffset + RsaNumber.Size);
        return (BundlePartKind.Table, "", content);
    }

    public static byte[] Make((BundlePartKind Kind, string Guest, byte[] Content)[] parts, MutateHeader? mutate, RSA key)
    {
        BundleHeader header = new()
        {
            Magic = BundleHeader.ExpectedMagic,
            Version = BundleHeader.CurrentVersion,
            HeaderSize = (uint)Unsafe.SizeOf<BundleHeader>(),
            ApplianceName = Samples.Name("sample"),
            BoardName = Samples.Name("qemu-virt-arm64"),
            PartCount = (uint)parts.Length,
        };
        ulong next = BundleHeader.StoredSize;
        for (int i = 0; i < parts.Length; i++)
        {
            header.Part[i] = new()
            {
                Kind = parts[i].Kind,
                GuestName = Samples.Name(parts[i].Guest),
                Offset = next,
                Size = (ulong)parts[i].Content.Length,
                Digest = MemoryMarshal.Read<Digest256>(SHA256.HashData(parts[i].Content)),
            };
            next = (next + header.Part[i].Size + 4095) / 4096 * 4096;
        }
        byte[] bundle = new byte[header.Part[parts.Length - 1].Offset + header.Part[parts.Length - 1].Size];
        for (int i = 0; i < parts.Length; i++)
            parts[i].Content.CopyTo(bundle, (int)header.Part[i].Offset);
        mutate?.Invoke(ref header);
        byte[] bytes = MemoryMarshal.AsBytes(new Span<BundleHeader>(ref header)).ToArray();
        SHA256.HashData(bytes.AsSpan(48)).CopyTo(bytes, 16);
        bytes.CopyTo(bundle, 0);
        TestKeys.Sign(key, bytes[48..]).CopyTo(bundle, BundleHeader.SignatureOffset);
        return bundle;
    }

    /// <summary>What a bundle is known by.</summary>
    public static string Name(byte[] bundle) => Convert.ToHexString(bundle.AsSpan(16, 32)).ToLowerInvariant();

    public static byte[] Part(byte[] bundle, int index)
    {
        BundlePart part = MemoryMarshal.Read<BundleHeader>(bundle).Part[index];
        return bundle.AsSpan((int)part.Offset, (int)part.Size).ToArray();
    }
}
