using Bulkhead.ImageBuilder.Qemu;

namespace Bulkhead.ImageBuilder.Commands;

/// <summary>What a build or run needs of this machine, and its installation from Debian's packages.</summary>
public static class Prerequisites
{
    /// <summary>Tool on the PATH, the Debian package it comes in, what wants it and for what.</summary>
    public static readonly (string Tool, string Package, Purpose Purpose, string Use)[] Needed =
    [
        ("clang", "clang", Purpose.Build, "assembles what is not C#"),
        ("ld.lld", "lld", Purpose.Build, "links what runs on the board"),
        ("llvm-objcopy", "llvm", Purpose.Build, "makes flat binaries"),
        ("dpkg-deb", "dpkg", Purpose.Build, "unpacks the guests' kernels"),
        ("grub-mkimage", "grub-common", Purpose.Build, "makes a PC's image boot"),
        ("mformat", "mtools", Purpose.Build, "makes a PC image's EFI system partition"),
        ("gzip", "gzip", Purpose.Build, "unpacks PC guests' kernels, as do the next three"),
        ("lz4", "lz4", Purpose.Build, "unpacks kernels"),
        ("xz", "xz-utils", Purpose.Build, "unpacks kernels"),
        ("zstd", "zstd", Purpose.Build, "unpacks kernels"),
        ("qemu-system-aarch64", "qemu-system-arm", Purpose.Run, "is the board; 7.2 and 10.0 are known good"),
        (QemuPcCommandLine.Program, "qemu-system-x86", Purpose.RunPc, "is the board qemu-q35; below 10.0, a copy of our own from backports is"),
        (QemuPcCommandLine.Ovmf, "ovmf", Purpose.RunPc, "is a PC's UEFI"),
        (BochsMachine.Program, "bochs", Purpose.RunBochs, "is the board bochs, with VT-x and EPT; --bochs takes another, and 3.0 is 2.5 times as fast as 2.7"),
        (BochsMachine.Bios, "bochsbios", Purpose.RunBochs, "is its BIOS"),
        (BochsMachine.VgaBios, "vgabios", Purpose.RunBochs, "is what its BIOS wants beside it"),
        ("sgdisk", "gdisk", Purpose.Test, "reads the image's partition table"),
        ("dtc", "device-tree-compiler", Purpose.Test, "reads the guests' device trees"),
        ("zsh", "zsh", Purpose.Test, "tries its completion script"),
        ("cpio", "cpio", Purpose.Test, "reads the guests' initramfs"),
        ("iasl", "acpica-tools", Purpose.Test, "reads PC guests' ACPI tables"),
        ("faketime", "faketime", Purpose.Test, "builds an image on another day"),
    ];

    public static string? Find(string tool) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Append("/usr/sbin").Where(folder => folder.Length != 0).Select(folder => Path.Combine(folder, tool)).FirstOrDefault(File.Exists);

    /// <summary>The Debian packages that are wanted and not here.</summary>
    public static IReadOnlyList<string> Missing(Purpose purpose) =>
        Needed.Where(need => (need.Purpose & purpose) != 0 && Find(need.Tool) is null).Select(need => need.Package).Distinct().ToArray();

    /// <summary>True when everything is there, perhaps after installing it.</summary>
    public static bool Ensure(Purpose purpose, bool yes)
    {
        IReadOnlyList<string> missing = Missing(purpose);
        if (missing.Count == 0)
            return true;
        return new Installer { Find = Find }.Install(missing, yes) && Missing(purpose).Count == 0;
    }
}
