using Bulkhead.ImageBuilder.Model;

namespace Bulkhead.ImageBuilder.Manifest;

/// <summary>Reads how emulators make a board.</summary>
internal static class EmulatorReader
{
    public static QemuBoard? Qemu(MapReader board)
    {
        if (board.Map("qemu", BoardKeys.Qemu) is not { } qemu)
            return null;
        Located<string>? machine = qemu.Text("machine");
        Located<string>? cpu = qemu.Text("cpu");
        Located<string>? memory = qemu.Text("memory");
        IReadOnlyList<Located<string>>? args = qemu.List("args", i => ScalarReader.Text(i, "an argument of QEMU", qemu.Diagnostics));
        return machine is null || cpu is null || memory is null
            ? null
            : new QemuBoard(machine.Value, cpu.Value, memory.Value, [.. (args ?? []).Select(a => a.Value)]);
    }

    public static BochsBoard? Bochs(MapReader board)
    {
        if (board.Map("bochs", BoardKeys.Bochs) is not { } bochs)
            return null;
        Located<string>? cpu = bochs.Node("cpu") is { } node
            ? ScalarReader.Text(node, bochs.Call("cpu"), Patterns.Word(), "a CPU model of Bochs, such as corei7_icelake_u", bochs.Diagnostics)
            : null;
        Located<ulong>? memory = bochs.Size("memory");
        // Bochs takes from 1 M to 2 G instructions a second for a second.
        Located<ulong>? speed = bochs.Number("ips", 1_000_000, 2_000_000_000);
        return cpu is null || memory is null || speed is null ? null : new BochsBoard(cpu.Value, memory.Value, speed.Value);
    }
}
