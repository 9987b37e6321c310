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

/// <summary>One appliance to one flash image. The same input gives the same bytes, whoever builds it, where and when.</summary>
public static class ImageBuild
{
    /// <param name="cache">Folder for packages that were fetched.</param>
    public static void Build(Appliance appliance, BuildInputs inputs, string cache, string output, IProgress<string> progress) =>
        WholeFile.Write(output, Make(appliance, inputs, cache, progress));

    /// <summary>The image's bytes.</summary>
    public static byte[] Make(Appliance appliance, BuildInputs inputs, string cache, IProgress<string> progress)
    {
        if (appliance.Board.Architecture != CpuArchitecture.Arm64)
            throw new BuildException("images for PCs cannot be built yet");
        ImageLayout layout = new(appliance);
        byte[] image = new byte[appliance.Board.ImageSize];
        byte[] firstStage = FirstStage(appliance, inputs, layout);
        Gpt.Write(image, layout.Partitions, appliance.ManifestDigest, ResetBlock.Make(layout.FirstStage.Offset, firstStage));
        Put(image, layout.FirstStage, firstStage);
        Put(image, layout.HypervisorA, Hypervisor(inputs.Hypervisor));
        Put(image, layout.TableA, TableBuilder.Build(appliance, layout));
        DebianArchive archive = new(cache, appliance.Board.Architecture, progress);
        LinuxGuest linux = new(archive, LockFile.Open(appliance.ManifestPath));
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

    private static byte[] FirstStage(Appliance appliance, BuildInputs inputs, ImageLayout layout)
    {
        byte[] binary = File.ReadAllBytes(inputs.FirstStage);
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
        return binary;
    }

    private static byte[] Hypervisor(string file)
    {
        byte[] binary = File.ReadAllBytes(file);
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

    private static void Put(byte[] image, GptPartition partition, byte[] content)
    {
        if ((ulong)content.Length > partition.Size)
            throw new BuildException($"{partition.Name} needs {content.Length} bytes, its partition has {partition.Size}");
        content.CopyTo(image, (long)partition.Offset);
    }
}
