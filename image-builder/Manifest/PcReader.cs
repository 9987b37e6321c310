using Bulkhead.Boot;
using Bulkhead.ImageBuilder.Diagnostics;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Manifest;

/// <summary>Reads the board.yaml of a PC.</summary>
internal sealed class PcReader(DiagnosticBag diagnostics)
{
    /// <summary>What `architecture` says of a PC.</summary>
    public const string Architecture = "x86_64";

    private const string Ich9Tco = "ich9-tco";

    private readonly RegionReader _regions = new(diagnostics);

    public BoardDocument? Read(SourceFile file, ManifestNode root)
    {
        if (MapReader.Open(root, new SourceSpan(file, 1, 1, 1), "the board", BoardKeys.Pc, diagnostics) is not { } map)
            return null;
        PcDocument pc = WithDisk(new PcDocument(), map.Map("disk", BoardKeys.Disk));
        pc = WithUart(pc, map.Map("uart", BoardKeys.PcUart));
        MapReader? blackBox = map.Map("black_box", BoardKeys.BlackBox);
        return new BoardDocument(file)
        {
            Name = map.Name("board"),
            Architecture = CpuArchitecture.X86_64,
            Cpus = ReadCpus(map),
            Ram = _regions.Ram(map),
            BlackBox = _regions.Read(blackBox, "the black box"),
            ForgetsAtReset = blackBox?.Boolean("survives_reset")?.Value == false,
            HypervisorRam = _regions.Read(map.Map("hypervisor_ram", BoardKeys.Range), "the hypervisor's RAM"),
            Watchdog = map.Choice("watchdog", Ich9Tco) is null ? WatchdogKind.None : WatchdogKind.Ich9Tco,
            Pc = WithApic(pc, map.Map("apic", BoardKeys.Apic)),
            Devices = DeviceList.Read(map, BoardKeys.PcDevice, ReadDevice),
            Qemu = EmulatorReader.Qemu(map),
            Bochs = EmulatorReader.Bochs(map),
        };
    }

    private Located<ulong>[]? ReadCpus(MapReader board)
    {
        if (board.List("cpus") is not { } items)
            return null;
        if (items.Count is 0 or > Limits.MaxCpus)
            diagnostics.Add(SyntaxDiagnostics.WrongCount, board.Key("cpus")!.Span, $"a board has 1 to {Limits.MaxCpus} CPUs, this one {items.Count}");
        return [.. items.Select(i => MapReader.Open(i, i.Span, "a CPU", BoardKeys.PcCpu, diagnostics)?.Number("apic_id", 0, uint.MaxValue - 1)).OfType<Located<ulong>>()];
    }

    private static PcDocument WithDisk(PcDocument pc, MapReader? disk) => disk is null ? pc : pc with
    {
        Disk = disk.Size("size") is { } size ? new Region("the disk", new AddressRange(0, size.Value), size.Span) : null,
        DiskPorts = Ports("the disk's command block", disk, "port", Limits.DiskPorts),
        DiskControlPort = Ports("the disk's control port", disk, "control_port", 1),
    };

    private static PcDocument WithUart(PcDocument pc, MapReader? uart) => uart is null ? pc : pc with
    {
        UartPorts = Ports("the UART", uart, "port", Limits.UartPorts),
        UartGsi = uart.Number("gsi", 0, Limits.MaxIoApicInputs - 1),
    };

    private PcDocument WithApic(PcDocument pc, MapReader? apic) => apic is null ? pc : pc with
    {
        LocalApic = _regions.At("the local APICs", apic.Address("local", Limits.BoardAddressEnd), Limits.Page),
        IoApic = _regions.At("the I/O APIC", apic.Address("io", Limits.BoardAddressEnd), Limits.Page),
    };

    private BoardDeviceDocument ReadDevice(Located<string> name, MapReader device)
    {
        Located<string>? id = device.Node("hid") is { } node
            ? ScalarReader.Text(node, device.Call("hid"), Patterns.HardwareId(), "an ACPI id, such as PNP0B00", diagnostics) : null;
        return new BoardDeviceDocument(name)
        {
            Compatible = id is null ? [] : [id.Value],
            Registers = _regions.Registers(device, name.Value),
            Ports = [.. (device.List("ports") ?? []).Select(item => ReadPorts(item, name.Value)).OfType<Region>()],
            Interrupts = device.List("interrupts", ReadInterrupt) ?? [],
            Reset = device.List("reset", item => ResetReader.Step(item, name.Value, diagnostics)) ?? [],
            Dma = device.Boolean("dma")?.Value ?? false,
        };
    }

    private Region? ReadPorts(ManifestNode item, string name)
    {
        MapReader? map = MapReader.Open(item, item.Span, $"`ports` of device {name}", BoardKeys.Ports, diagnostics);
        return map?.Number("count", 1, byte.MaxValue) is { } count ? Ports($"device {name}", map, "port", (uint)count.Value) : null;
    }

    /// <summary>Either `8` or `{gsi: 8, trigger: level, polarity: low}`; what is not said is as on ISA below 16, as on PCI above.</summary>
    private Located<BoardInterrupt>? ReadInterrupt(ManifestNode item)
    {
        MapReader? map = item is ManifestMap ? MapReader.Open(item, item.Span, "an interrupt", BoardKeys.PcInterrupt, diagnostics) : null;
        Located<ulong>? gsi = item is ManifestMap
            ? map?.Number("gsi", 0, Limits.MaxIoApicInputs - 1)
            : ScalarReader.Number(item, "an I/O APIC's input", 0, Limits.MaxIoApicInputs - 1, diagnostics);
        if (gsi is null)
            return null;
        bool isa = gsi.Value < Limits.IsaInterrupts;
        bool edge = (map?.Choice("trigger", "level", "edge")?.Value ?? (isa ? "edge" : "level")) == "edge";
        bool low = (map?.Choice("polarity", "low", "high")?.Value ?? (isa ? "high" : "low")) == "low";
        return new Located<BoardInterrupt>(new BoardInterrupt((uint)gsi.Value, edge, low), gsi.Span);
    }

    private static Region? Ports(string what, MapReader map, string key, uint count) =>
        map.Number(key, 0, Limits.PortEnd - count) is { } first ? new Region(what, new AddressRange(first.Value, count), first.Span) : null;
}
