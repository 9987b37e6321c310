using Bulkhead.Boot;
using Bulkhead.ImageBuilder.Formats;
using Bulkhead.ImageBuilder.Layout;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Packages;

/// <summary>
/// GRUB for a PC's image, made of Debian's modules: a core image that a BIOS reaches by way of the first sector, and a
/// program for UEFI. Both carry the same few lines, which start the first stage straight from its partition; there is no
/// file system but the one that UEFI wants.
/// </summary>
public sealed class GrubLoader(DebianArchive archive, LockFile locks, ImageLayout layout)
{
    private const int Sector = 512;

    /// <summary>Debian packages with the parts of GRUB that an image holds.</summary>
    public static IReadOnlyList<string> Packages(CpuArchitecture architecture) =>
        architecture == CpuArchitecture.X86_64 ? GrubImage.Packages : [];

    /// <summary>The first sector's code, and the core image for the partition it points to.</summary>
    public (byte[] BootCode, byte[] Core) Bios()
    {
        string modules = GrubImage.BiosModules(archive, locks);
        byte[] core = Make(modules, ["biosdisk", "part_gpt", "multiboot2", "regexp"]);
        byte[] bootCode = File.ReadAllBytes(Path.Combine(modules, "boot.img"));
        return (BiosBoot.BootCode(bootCode, layout.BiosBoot.Offset), BiosBoot.Core(core, layout.BiosBoot.Offset));
    }

    /// <summary>The EFI system partition, as large as its place in the image.</summary>
    public byte[] Efi()
    {
        byte[] program = Make(GrubImage.EfiModules(archive, locks), ["part_gpt", "multiboot2", "regexp"]);
        return EfiSystemPartition.Make(layout.Esp.Size, program);
    }

    // A prefix without a disk: GRUB fills in the one it was started from.
    private byte[] Make(string modules, string[] wanted) => GrubImage.Make(modules, $"(,gpt{Number(layout.Esp)})/", Script(), wanted);

    // All of the partition's sectors: the ELF file says itself how much of them counts.
    private string Script() => $"""
        regexp --set=1:disk '^([a-z0-9]+),' "$root"
        multiboot2 ($disk,gpt{Number(layout.FirstStage)})0+{layout.FirstStage.Size / Sector}
        boot

        """;

    private int Number(GptPartition partition) => layout.Partitions.TakeWhile(other => other != partition).Count() + 1;
}
