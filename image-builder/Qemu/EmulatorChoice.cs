using Bulkhead.ImageBuilder.Commands;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.ImageBuilder.Packages;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Qemu;

/// <summary>Which emulator makes a board, and with what.</summary>
/// <param name="Machine">What a run starts.</param>
/// <param name="Needs">What this machine must have for it.</param>
/// <param name="Provide">Fetches what is our own and not here yet; the image is there.</param>
public sealed record EmulatorChoice(IMachine Machine, Purpose Needs, Action Provide)
{
    public static EmulatorChoice Of(Board board, string image, EmulatorOptions options, ToolRoot tools)
    {
        if (board.Bochs is not null)
            return Bochs(board, image, options);
        if (options.Bochs is not null)
            throw new BuildException($"board '{board.Name}' is not made by Bochs; say --board bochs");
        return board.Architecture == CpuArchitecture.X86_64 ? Pc(board, image, options, tools) : Arm64(board, image, options, tools);
    }

    private static EmulatorChoice Arm64(Board board, string image, EmulatorOptions options, ToolRoot tools)
    {
        if (options.Uefi)
            throw new BuildException($"board '{board.Name}' has no UEFI: its image starts at the reset vector");
        QemuChoice qemu = new(QemuCommandLine.Program, options.Qemu, tools);
        string? hypervisor = options.ViaKernel ? Workspace.InputsOf(board.Architecture).Hypervisor : null;
        return new EmulatorChoice(
            new QemuMachine(qemu.Command, QemuCommandLine.Make(board, image, hypervisor, options.Keep, options.Extra), options.Copy), qemu.IsMachines ? Purpose.Run : 0, qemu.Provide);
    }

    private static EmulatorChoice Pc(Board board, string image, EmulatorOptions options, ToolRoot tools)
    {
        if (options.ViaKernel && options.Uefi)
            throw new BuildException("--via-kernel starts a PC without its firmware's loader: --uefi has nothing to do there");
        QemuChoice qemu = new(QemuPcCommandLine.Program, options.Qemu ?? QemuPcCommandLine.WantedVersion, tools);
        string? firstStage = options.ViaKernel ? FirstStageFile.PathOf(image) : null;
        return new EmulatorChoice(
            new QemuMachine(qemu.Command, QemuPcCommandLine.Make(board, image, firstStage, options.Uefi, options.Keep, options.Extra), options.Copy), Purpose.RunPc, Provide);

        void Provide()
        {
            qemu.Provide();
            if (firstStage is not null)
                FirstStageFile.Write(image);
        }
    }

    private static EmulatorChoice Bochs(Board board, string image, EmulatorOptions options)
    {
        if (options.Keep)
            throw new BuildException("what a board of Bochs writes is always forgotten: --keep is for QEMU's boards");
        if (options.ViaKernel || options.Uefi || options.Qemu is not null)
            throw new BuildException("Bochs starts an image by its BIOS only: --via-kernel, --uefi and --qemu are for QEMU's boards");
        return new EmulatorChoice(new BochsMachine(options.Bochs ?? BochsMachine.Program, board, Path.GetFullPath(image), options.Extra), Purpose.RunBochs, () => { });
    }
}
