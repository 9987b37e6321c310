using System.Diagnostics;

namespace Bulkhead.ImageBuilder.Qemu;

/// <summary>A board made by QEMU; its serial line is QEMU's standard input and output.</summary>
/// <param name="arguments">As <see cref="QemuCommandLine"/> makes them, with "-serial stdio".</param>
public sealed class QemuMachine(string program, IReadOnlyList<string> arguments) : IMachine
{
    public IReadOnlyList<string> Command => [program, .. arguments];

    public RunningMachine Start()
    {
        Process process = RunningMachine.Start(program, arguments);
        return new RunningMachine(process, process.StandardOutput.BaseStream, process.StandardInput.BaseStream);
    }
}
