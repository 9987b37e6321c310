using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Bulkhead.Boot;
using Bulkhead.ImageBuilder.Formats;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.ImageBuilder.Packages;
using Bulkhead.ImageBuilder.Signing;
using Bulkhead.Memory;
using Bulkhead.Partitions;
using Bulkhead.Update;

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
            : PutLoader(image, appliance, inputs, layout, new GrubLoader(archive, locks, layout));
        Gpt.Write(image, layout.Partitions, appliance.ManifestDigest, bootCode);
        UnitContents contents = new(appliance, layout, inputs, new LinuxGuest(archive, locks), new Signer(inputs.Signing));
        Put(image, layout.HypervisorA, contents.Hypervisor());
        Put(image, layout.TableA, contents.Table());
        // As erased flash is: nothing was ever remembered.
        foreach (GptPartition area in new[] { layout.State0, layout.State1, layout.BlackBox })
            image.AsSpan((int)area.Offset, (int)area.Size).Fill(0xff);
        for (int i = 0; i < appliance.Guests.Count; i++)
        {
            progress.Report($"packing {appliance.Guests[i].Name}");
            Put(image, layout.Slots[i].A, contents.Package(appliance.Guests[i]));
        }
        contents.Signer.End();
        return image;
    }

    // On arm64 the reset vector, which is the image's first word, branches to the first stage.
    private static byte[] PutFirstStage(byte[] image, Appliance appliance, BuildInputs inputs, ImageLayout layout)
    {
        byte[] binary = File.ReadAllBytes(inputs.FirstStage);
        FirstStageConfig config = ConfigOf(appliance, layout);
        config.Flash = TableBuilder.Host(appliance.Board.Arm64.Flash);
        config.Scratch = TableBuilder.Host(appliance.Board.Arm64.FirstStageScratch);
        config.DeviceTree = new HostPhys(appliance.Board.Arm64.DeviceTreeAddress);
        config.Uart = new HostPhys(appliance.Board.Arm64.Uart.Base);
        MemoryMarshal.Write(binary.AsSpan(FirstStageConfig.Offset), in config);
        Put(image, layout.FirstStage, binary);
        return ResetBlock.Make(layout.FirstStage.Offset, binary);
    }

    // On a PC GRUB starts it.
    private static byte[] PutLoader(byte[] image, Appliance appliance, BuildInputs inputs, ImageLayout layout, GrubLoader loader)
    {
        byte[] program = UnitContents.Stripped(inputs.FirstStage);
        Span<byte> place = program.AsSpan(FirstStageConfig.OffsetInElf);
        if (MemoryMarshal.Read<ulong>(place) != FirstStageConfig.ExpectedMagic)
            throw new BuildException($"{inputs.FirstStage} has no configuration at byte {FirstStageConfig.OffsetInElf}");
        FirstStageConfig config = ConfigOf(appliance, layout);
        MemoryMarshal.Write(place, in config);
        Put(image, layout.FirstStage, program);
        (byte[] bootCode, byte[] core) = loader.Bios();
        Put(image, layout.BiosBoot, core);
        Put(image, layout.Esp, loader.Efi());
        return bootCode;
    }

    private static FirstStageConfig ConfigOf(Appliance appliance, ImageLayout layout) => new()
    {
        Magic = FirstStageConfig.ExpectedMagic,
        HypervisorRam = TableBuilder.Host(appliance.Board.HypervisorRam),
        HypervisorA = TableBuilder.Image(layout.HypervisorA),
        HypervisorB = TableBuilder.Image(layout.HypervisorB),
        TableA = TableBuilder.Image(layout.TableA),
        TableB = TableBuilder.Image(layout.TableB),
        Roots = Roots(appliance),
        State0 = TableBuilder.Image(layout.State0),
        State1 = TableBuilder.Image(layout.State1),
        Watchdog = appliance.Board.Watchdog,
    };

    /// <summary>What the first stage knows of the keys.</summary>
    internal static RootDigests Roots(Appliance appliance) => new() { First = DigestOf(appliance.Root), Second = DigestOf(appliance.NextRoot) };

    private static Digest256 DigestOf(SigningKey? key) => key is null ? default : Names.Digest(SHA256.HashData(key.Modulus));

    private static void Put(byte[] image, GptPartition partition, byte[] content)
    {
        if ((ulong)content.Length > partition.Size)
            throw new BuildException($"{partition.Name} needs {content.Length} bytes, its partition has {partition.Size}");
        content.CopyTo(image, (long)partition.Offset);
    }
}
