using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Bulkhead.Boot;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.ImageBuilder.Packages;
using Bulkhead.ImageBuilder.Signing;
using Bulkhead.Partitions;
using Bulkhead.Update;

namespace Bulkhead.ImageBuilder.Layout;

/// <summary>What fills the slots of one appliance, as an image and as an update bundle take it: hypervisor, table, and each guest's package.</summary>
public sealed class UnitContents(Appliance appliance, ImageLayout layout, BuildInputs inputs, LinuxGuest linux, Signer signer)
{
    public Signer Signer => signer;

    /// <summary>The hypervisor behind its header, signed by the root key.</summary>
    public byte[] Hypervisor()
    {
        byte[] binary = appliance.Board.Architecture == CpuArchitecture.Arm64 ? File.ReadAllBytes(inputs.Hypervisor) : Stripped(inputs.Hypervisor);
        HypervisorHeader header = new()
        {
            Magic = HypervisorHeader.ExpectedMagic,
            Version = HypervisorHeader.CurrentVersion,
            HeaderSize = (uint)Unsafe.SizeOf<HypervisorHeader>(),
            BinarySize = (ulong)binary.Length,
            Digest = Names.Digest(SHA256.HashData(binary)),
            HypervisorVersion = Names.Fixed(appliance.Version),
            Rollback = appliance.Rollback,
        };
        ReadOnlySpan<byte> message = MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(ref header, 1))[SignedHeader.SignedFrom..];
        header.HeaderDigest = Names.Digest(SHA256.HashData(message));
        byte[] result = new byte[HypervisorHeader.StoredSize + binary.Length];
        MemoryMarshal.Write(result, in header);
        SignByRoot("hypervisor", message, result.AsSpan(HypervisorHeader.SignatureOffset));
        binary.CopyTo(result, HypervisorHeader.StoredSize);
        return result;
    }

    /// <summary>The appliance table and the root key's signature.</summary>
    public byte[] Table()
    {
        byte[] table = TableBuilder.Build(appliance, layout);
        byte[] result = new byte[ApplianceTable.SignatureOffset + RootSignature.Size];
        table.CopyTo(result, 0);
        SignByRoot("table", table.AsSpan(SignedHeader.SignedFrom), result.AsSpan(ApplianceTable.SignatureOffset));
        return result;
    }

    /// <summary>A guest's package, signed by its key.</summary>
    public byte[] Package(Guest guest)
    {
        (byte[] kernel, byte[]? initrd) = Payload(guest);
        return PackageBuilder.Build(guest, appliance.Board.Name, kernel, initrd, signer);
    }

    private (byte[] Kernel, byte[]? Initrd) Payload(Guest guest)
    {
        switch (guest.Payload)
        {
            case LinuxPayload payload:
                return linux.Make(guest.Name, payload, guest.IsControl ? inputs.ControlTool : null);
            case KernelPayload payload:
                string file = payload.File ?? inputs.GuestProject(payload.Project!);
                return (File.ReadAllBytes(file), payload.Initrd is null ? null : File.ReadAllBytes(payload.Initrd));
            default:
                throw new BuildException($"guest '{guest.Name}' has nothing to run");
        }
    }

    private void SignByRoot(string name, ReadOnlySpan<byte> message, Span<byte> target)
    {
        if (appliance.Root is not { } root)
            return;
        root.Modulus.CopyTo(target);
        Signer.Sign(name, root, message).CopyTo(target[RsaNumber.Size..]);
    }

    /// <summary>What a PC's disk holds is the ELF file itself; names and lines for a debugger stay here.</summary>
    internal static byte[] Stripped(string elf)
    {
        string stripped = Path.GetTempFileName();
        try
        {
            Tool.Run("llvm-objcopy", ["--strip-all", elf, stripped]);
            return File.ReadAllBytes(stripped);
        }
        finally
        {
            File.Delete(stripped);
        }
    }
}
