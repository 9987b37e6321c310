using Bulkhead.ImageBuilder.Diagnostics;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Manifest;

/// <summary>Reads the board.yaml of a PC.</summary>
internal sealed class PcReader(DiagnosticBag diagnostics)
{
    /// <summary>What `architecture` says of a PC.</summary>
    public const string Architecture = "x86_64";

    private readonly RegionReader _regions = new(diagnostics);

    public BoardDocument? Read(SourceFile file, ManifestNode root)
    {
        if (MapReader.Open(root, new SourceSpan(file, 1, 1, 1), "the board", BoardKeys.Pc, diagnostics) is not { } map)
            return null;
        PcDocument pc = WithDisk(new PcDocument(), map.Map("disk", BoardKeys.Disk));
        pc = WithUart(pc, map.Map("uart", BoardKeys.PcUart));
        return new BoardDocument(file)
        {
            Name = map.Name("board"),
            Architecture = CpuArchitecture.X86_64,
            Cpus = ReadCpus(map),
            Ram = _regions.Ram(map),
            BlackBox = _regions.Read(map.Map("black_box", BoardKeys.Range), "the black box"),
            HypervisorRam = _regions.Read(map.Map("hypervisor_ram", BoardKeys.Range), "the hypervisor's RAM"),
            Pc = WithApic(pc, map.Map("apic", BoardKeys.Apic)),
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
        Disk = disk.Size("size") is { } size ? new Region("the disk", new Model.AddressRange(0, size.Value), size.Span) : null,
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

    private static Region? Ports(string what, MapReader map, string key, uint count) =>
        map.Number(key, 0, Limits.PortEnd - count) is { } first ? new Region(what, new Model.AddressRange(first.Value, count), first.Span) : null;
}
