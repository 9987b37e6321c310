using Bulkhead.ImageBuilder.Formats;
using Bulkhead.ImageBuilder.Packages;

namespace Bulkhead.ImageBuilder.Bench;

/// <summary>A PC's disk from which a BIOS starts nothing but a kernel, by GRUB: no partitions, no files, known sectors.</summary>
public static class BareKernelDisk
{
    private const int Sector = 512, SignatureAt = 510;
    // Behind what GRUB takes.
    private const int KernelAt = 1 << 20;

    /// <param name="kernel">A bzImage.</param>
    public static byte[] Make(byte[] kernel, byte[] initrd, string words, DebianArchive archive, LockFile locks)
    {
        int initrdAt = KernelAt + Padded(kernel.Length);
        string script = $"""
            linux (hd0){Sectors(KernelAt, kernel)} {words}
            initrd (hd0){Sectors(initrdAt, initrd)}
            boot

            """;
        string modules = GrubImage.BiosModules(archive, locks);
        byte[] core = GrubImage.Make(modules, "(hd0)/", script, ["biosdisk", "linux"]);
        byte[] disk = new byte[initrdAt + Padded(initrd.Length)];
        BiosBoot.BootCode(File.ReadAllBytes(Path.Combine(modules, "boot.img")), Sector).CopyTo(disk, 0);
        (disk[SignatureAt], disk[SignatureAt + 1]) = (0x55, 0xaa);
        BiosBoot.Core(core, Sector).CopyTo(disk, Sector);
        kernel.CopyTo(disk, KernelAt);
        initrd.CopyTo(disk, initrdAt);
        return disk;
    }

    private static string Sectors(int from, byte[] content) => $"{from / Sector}+{Padded(content.Length) / Sector}";

    private static int Padded(int length) => (length + Sector - 1) / Sector * Sector;
}
