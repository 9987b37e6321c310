using Bulkhead.ImageBuilder.Model;

namespace Bulkhead.ImageBuilder.Qemu;

/// <summary>QEMU's arguments for an arm64 board and an image. Works with 7.2 and 10.0.</summary>
public static class QemuCommandLine
{
    public const string Program = "qemu-system-aarch64";

    /// <param name="hypervisor">Boot by -kernel with the image as initrd; null boots from flash at reset.</param>
    /// <param name="keep">What is written to the flash stays in the image.</param>
    public static IReadOnlyList<string> Make(Board board, string image, string? hypervisor, bool keep, IReadOnlyList<string> more)
    {
        QemuBoard qemu = board.Qemu ?? throw new BuildException($"board '{board.Name}' has no 'qemu' part: it cannot be run here");
        List<string> arguments =
        [
            "-cpu", qemu.Cpu, "-smp", $"{board.CpuIds.Count}", "-m", qemu.Memory,
            "-display", "none", "-monitor", "none", "-serial", "stdio", "-net", "none", .. qemu.Arguments,
        ];
        if (hypervisor is not null)
            return ["-M", qemu.Machine, .. arguments, "-kernel", hypervisor, "-initrd", image, .. more];
        // One image, two NOR banks: two windows on the same file.
        ulong bank = board.ImageSize / 2;
        string file = image.Replace(",", ",,");
        for (int i = 0; i < 2; i++)
        {
            arguments.AddRange(["-drive",
                $"if=pflash,unit={i},format=raw,offset={(ulong)i * bank},size={bank},snapshot={(keep ? "off" : "on")},file.driver=file,file.filename={file},file.locking=off"]);
        }
        return ["-M", qemu.Machine, .. arguments, .. more];
    }
}
