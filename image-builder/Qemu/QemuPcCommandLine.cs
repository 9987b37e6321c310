using Bulkhead.ImageBuilder.Model;

namespace Bulkhead.ImageBuilder.Qemu;

/// <summary>QEMU's arguments for a PC and an image.</summary>
public static class QemuPcCommandLine
{
    public const string Program = "qemu-system-x86_64";

    /// <summary>What TCG's SVM wants; this machine's package may be older.</summary>
    public const string WantedVersion = "10.0";

    /// <summary>UEFI in one file, from Debian's package ovmf.</summary>
    public const string Ovmf = "/usr/share/ovmf/OVMF.fd";

    /// <param name="firstStage">Start this ELF file by its PVH note instead of the image's loader; the image is the disk all the same.</param>
    /// <param name="keep">What is written to the disk stays in the image.</param>
    /// <param name="uefi">OVMF instead of SeaBIOS.</param>
    public static IReadOnlyList<string> Make(Board board, string image, string? firstStage, bool uefi, bool keep, IReadOnlyList<string> more)
    {
        QemuBoard qemu = board.Qemu ?? throw new BuildException($"QEMU does not make this board; './bulkhead run --board {board.Name}' does");
        List<string> arguments =
        [
            "-M", qemu.Machine, "-cpu", qemu.Cpu, "-smp", $"{board.CpuIds.Count}", "-m", qemu.Memory,
            "-display", "none", "-monitor", "none", "-serial", "stdio", "-net", "none",
            "-drive", $"if=none,id=disk,format=raw,snapshot={(keep ? "off" : "on")},file={image.Replace(",", ",,")}",
            "-device", "piix3-ide,id=ide", "-device", "ide-hd,drive=disk,bus=ide.0", .. qemu.Arguments,
        ];
        if (firstStage is not null)
            arguments.AddRange(["-kernel", firstStage]);
        else if (uefi)
            arguments.AddRange(["-bios", Ovmf]);
        return [.. arguments, .. more];
    }
}
