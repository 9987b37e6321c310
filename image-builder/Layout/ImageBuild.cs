using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Bulkhead.Boot;
using Bulkhead.ImageBuilder.Formats;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.ImageBuilder.Packages;
using Bulkhead.Memory;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Layout;

/// <summary>One appliance to one image of a flash or disk. The same input gives the same bytes, whoever builds it, where and when.</summary>
public static class ImageBuild
{
    /// <param name="cache">Folder for packages that were fetched.</param>
    public static void Build(Appliance appliance, BuildInputs inputs, string cache, string output, IProgress<string> progress) =>
        WholeFile.Write(output, Make(appliance, inputs, cache, progress));

    /// <summary>The image's bytes.</summary>
    public static byte[] Make(Appliance appliance, BuildInputs inputs, string cache, IProgress<string> progress)
    {
        ImageLayout layout = new(appliance);
        byte[] image = new byte[appliance.Board.ImageSize];
        DebianArchive archive = new(cache, appliance.Board.Architecture, progress);
        LockFile locks = LockFile.Open(appliance.ManifestPath);
        byte[] bootCode = appliance.Board.Architecture == CpuArchitecture.Arm64
            ? PutFirstStage(image, appliance, inputs, layout)
            : PutLoader(image, layout, new GrubLoader(archive, locks, layout));
        Gpt.Write(image, layout.Partitions, appliance.ManifestDigest, bootCode);
        Put(image, layout.HypervisorA, Hypervisor(appliance.Board.Architecture, inputs.Hypervisor));
        Put(image, layout.TableA, TableBuilder.Build(appliance, layout));
        LinuxGuest linux = new(archive, locks);
        for (int i = 0; i < appliance.Guests.Count; i++)
        {
            Guest guest = appliance.Guests[i];
            progress.Report($"packing {guest.Name}");
            (byte[] kernel, byte[]? initrd) = Payload(guest, inputs, linux);
            Put(image, layout.Slots[i].A, PackageBuilder.Build(guest, appliance.Board.Name, kernel, initrd));
        }
        return image;
    }

    private static (byte[] Kernel, byte[]? Initrd) Payload(Guest guest, BuildInputs inputs, LinuxGuest linux)
    {
        switch (guest.Payload)
        {
            case LinuxPayload payload:
                return linux.Make(guest.Name, payload);
            case KernelPayload payload:
                string file = payload.File ?? inputs.GuestProject(payload.Project!);
                return (File.ReadAllBytes(file), payload.Initrd is null ? null : File.ReadAllBytes(payload.Initrd));
            default:
                throw new BuildException($"guest '{guest.Name}' has nothing to run");
        }
    }

    // On arm64 the reset vector, which is the image's first word, branches to the first stage.
    private static byte[] PutFirstStage(byte[] image, Appliance appliance, BuildInputs inputs, ImageLayout layout)
    {
        byte[] binary = File.ReadAllBytes(inputs.FirstStage!);
        FirstStageConfig config = new()
        {
            Magic = FirstStageConfig.ExpectedMagic,
            Flash = TableBuilder.Host(appliance.Board.Arm64.Flash),
            HypervisorRam = TableBuilder.Host(appliance.Board.HypervisorRam),
            Scratch = TableBuilder.Host(appliance.Board.Arm64.FirstStageScratch),
            DeviceTree = new HostPhys(appliance.Board.Arm64.DeviceTreeAddress),
            Uart = new HostPhys(appliance.Board.Arm64.Uart.Base),
            HypervisorA = TableBuilder.Image(layout.HypervisorA),
            HypervisorB = TableBuilder.Image(layout.HypervisorB),
            TableA = TableBuilder.Image(layout.TableA),
            TableB = TableBuilder.Image(layout.TableB),
        };
        MemoryMarshal.Write(binary.AsSpan(FirstStageConfig.Offset), in config);
        Put(image, layout.FirstStage, binary);
        return ResetBlock.Make(layout.FirstStage.Offset, binary);
    }

    private static byte[] PutLoader(byte[] image, ImageLayout layout, GrubLoader loader)
    {
        (byte[] bootCode, byte[] core) = loader.Bios();
        Put(image, layout.BiosBoot, core);
        Put(image, layout.Esp, loader.Efi());
        return bootCode;
    }

    private static byte[] Hypervisor(CpuArchitecture architecture, string file)
    {
        byte[] binary = architecture == CpuArchitecture.Arm64 ? File.ReadAllBytes(file) : Stripped(file);
        HypervisorHeader header = new()
        {
            Magic = HypervisorHeader.ExpectedMagic,
            Version = 1,
            HeaderSize = (uint)Unsafe.SizeOf<HypervisorHeader>(),
            BinarySize = (ulong)binary.Length,
            Digest = Names.Digest(SHA256.HashData(binary)),
        };
        byte[] result = new byte[HypervisorHeader.StoredSize + binary.Length];
        MemoryMarshal.Write(result, in header);
        binary.CopyTo(result, HypervisorHeader.StoredSize);
        return result;
    }

    // What GRUB loads is the ELF file itself; names and lines for a debugger stay here.
    private static byte[] Stripped(string elf)
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

    private static void Put(byte[] image, GptPartition partition, byte[] content)
    {
        if ((ulong)content.Length > partition.Size)
            throw new BuildException($"{partition.Name} needs {content.Length} bytes, its partition has {partition.Size}");
        content.CopyTo(image, (long)partition.Offset);
    }
}
