using System.Diagnostics;

namespace Bulkhead.ImageBuilder.Qemu;

/// <summary>A board made by QEMU; its serial line is QEMU's standard input and output.</summary>
/// <param name="arguments">As <see cref="QemuCommandLine"/> makes them, with "-serial stdio".</param>
/// <param name="copy">What is to be kept of the board's RAM when the run ends.</param>
public sealed class QemuMachine(string program, IReadOnlyList<string> arguments, MemoryCopy? copy = null) : IMachine
{
    public IReadOnlyList<string> Command => [program, .. arguments];

    public RunningMachine Start() => copy is null ? StartPlain() : RunningMachine.StartIn("bulkhead-qemu", folder => StartWith(copy, folder));

    private RunningMachine StartPlain()
    {
        Process process = RunningMachine.Start(program, arguments);
        return new RunningMachine(process, process.StandardOutput.BaseStream, process.StandardInput.BaseStream) { Wake = () => MainLoop.Wake(process) };
    }

    private RunningMachine StartWith(MemoryCopy kept, string folder)
    {
        string socket = Path.Combine(folder, "qmp");
        Process process = RunningMachine.Start(program, [.. arguments, .. MemoryCopy.Arguments(socket)]);
        return new RunningMachine(process, process.StandardOutput.BaseStream, process.StandardInput.BaseStream)
        {
            Wake = () => MainLoop.Wake(process),
            Folder = folder,
            BeforeKill = () => kept.Take(socket),
        };
    }
}
