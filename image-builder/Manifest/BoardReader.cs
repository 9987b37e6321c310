using Bulkhead.ImageBuilder.Diagnostics;
using Bulkhead.ImageBuilder.Model;

namespace Bulkhead.ImageBuilder.Manifest;

/// <summary>Reads a board.yaml into a document (an arm64 board here, a PC in PcReader); what the values mean together is BoardValidator's affair.</summary>
internal sealed class BoardReader(DiagnosticBag diagnostics)
{
    /// <summary>MPIDR_EL1's affinity fields: Aff3 in 39:32, Aff2..0 in 23:0 (DDI 0487 D19.2.101).</summary>
    private const ulong AffinityMask = 0xff_00ff_ffff;

    private readonly RegionReader _regions = new(diagnostics);

    public BoardDocument? Read(SourceFile file, ManifestNode root)
    {
        ManifestMap? map = root as ManifestMap;
        if (map?.Entries.Any(e => e.Key.Text == "same_as") == true)
            return ReadTwin(file, root);
        return map?.Entries.FirstOrDefault(e => e.Key.Text == "architecture")?.Value is ManifestScalar { Text: PcReader.Architecture }
            ? new PcReader(diagnostics).Read(file, root)
            : ReadArm64(file, root);
    }

    private BoardDocument? ReadTwin(SourceFile file, ManifestNode root)
    {
        if (MapReader.Open(root, new SourceSpan(file, 1, 1, 1), "the board", BoardKeys.Twin, diagnostics) is not { } map)
            return null;
        return new BoardDocument(file)
        {
            Name = map.Name("board"),
            SameAs = map.Name("same_as"),
            Qemu = EmulatorReader.Qemu(map),
            Bochs = EmulatorReader.Bochs(map),
        };
    }

    private BoardDocument? ReadArm64(SourceFile file, ManifestNode root)
    {
        SourceSpan start = new(file, 1, 1, 1);
        if (MapReader.Open(root, start, "the board", BoardKeys.Board, diagnostics) is not { } map)
            return null;
        map.Choice("architecture", "arm64", PcReader.Architecture);
        IReadOnlyList<Located<ulong>>? cpus = ReadCpus(map);
        MapReader? blackBox = map.Map("black_box", BoardKeys.BlackBox);
        BoardDocument board = new(file)
        {
            Name = map.Name("board"),
            Cpus = cpus,
            Ram = _regions.Ram(map),
            BlackBox = _regions.Read(blackBox, "the black box"),
            ForgetsAtReset = blackBox?.Boolean("survives_reset")?.Value == false,
            HypervisorRam = _regions.Read(map.Map("hypervisor_ram", BoardKeys.Range), "the hypervisor's RAM"),
            FirstStageScratch = _regions.Read(map.Map("first_stage_scratch", BoardKeys.Range), "the first stage's scratch"),
            DeviceTree = _regions.At("the device tree", map.Address("device_tree", Limits.BoardAddressEnd), Limits.DeviceTreeSize),
            BootImage = _regions.Read(map.Map("boot_image", BoardKeys.Range), "an image started from RAM"),
            Devices = DeviceList.Read(map, BoardKeys.Device, ReadDevice),
            Qemu = EmulatorReader.Qemu(map),
        };
        board = WithFlash(board, map.Map("flash", BoardKeys.Flash));
        board = WithUart(board, map.Map("uart", BoardKeys.Uart));
        return WithGic(board, map.Map("gic", BoardKeys.Gic), cpus?.Count ?? 1);
    }

    private Located<ulong>[]? ReadCpus(MapReader board)
    {
        if (board.List("cpus") is not { } items)
            return null;
        if (items.Count is 0 or > Limits.MaxCpus)
            diagnostics.Add(SyntaxDiagnostics.WrongCount, board.Key("cpus")!.Span, $"a board has 1 to {Limits.MaxCpus} CPUs, this one {items.Count}");
        List<Located<ulong>> cpus = [];
        foreach (ManifestNode item in items)
        {
            MapReader? cpu = MapReader.Open(item, item.Span, "a CPU", BoardKeys.Cpu, diagnostics);
            if (cpu?.Number("mpidr", 0, AffinityMask) is not { } mpidr)
                continue;
            if ((mpidr.Value & ~AffinityMask) != 0)
                diagnostics.Add(SyntaxDiagnostics.OutOfRange, mpidr.Span, "bits 31..24 of `mpidr` are no part of a CPU's affinity");
            cpus.Add(mpidr);
        }
        return [.. cpus];
    }

    private BoardDocument WithFlash(BoardDocument board, MapReader? flash) => flash is null ? board : board with
    {
        Flash = _regions.Read(flash, "the flash"),
        EraseBlock = flash.Size("erase_block"),
    };

    private BoardDocument WithUart(BoardDocument board, MapReader? uart) => uart is null ? board : board with
    {
        Uart = _regions.At("the UART", uart.Address("base", Limits.BoardAddressEnd), Limits.Page),
        UartIntId = uart.Number("intid", Limits.FirstSpi, Limits.LastSpi),
    };

    private BoardDocument WithGic(BoardDocument board, MapReader? gic, int cpuCount)
    {
        if (gic is null)
            return board;
        Located<ulong>? stride = gic.Address("gicr_stride", Units.GiB);
        if (stride is not null && (stride.Value < Limits.RedistributorSize || stride.Value % Limits.GicFrame != 0))
        {
            diagnostics.Add(SyntaxDiagnostics.OutOfRange, stride.Span,
                $"`gicr_stride` is at least {Units.Address(Limits.RedistributorSize)} and a multiple of {Units.Address(Limits.GicFrame)}");
            stride = null;
        }
        return board with
        {
            Gicd = _regions.At("the GIC's distributor", gic.Address("gicd", Limits.BoardAddressEnd), Limits.GicFrame),
            Gicr = _regions.At("the GIC's redistributors", gic.Address("gicr", Limits.BoardAddressEnd), (stride?.Value ?? Limits.RedistributorSize) * (ulong)cpuCount),
            GicrStride = stride,
        };
    }

    private BoardDeviceDocument ReadDevice(Located<string> name, MapReader device)
    {
        Located<string>? ReadCompatible(ManifestNode item) =>
            ScalarReader.Text(item, "a `compatible` string", Patterns.Compatible(), "a maker and a model, such as arm,pl031", diagnostics);
        Located<string>? ReadClock(ManifestNode item) =>
            ScalarReader.Text(item, "a clock's name", Patterns.Word(), "of letters, digits, _ and -", diagnostics);

        return new BoardDeviceDocument(name)
        {
            Compatible = [.. (device.List("compatible", ReadCompatible) ?? []).Select(c => c.Value)],
            Registers = _regions.Registers(device, name.Value),
            Interrupts = device.List("interrupts", ReadInterrupt) ?? [],
            Reset = device.List("reset", item => ResetReader.Step(item, name.Value, diagnostics)) ?? [],
            // Absent is an error already; until then the careful answer counts.
            Dma = device.Boolean("dma")?.Value ?? false,
            ClockNames = [.. (device.List("clock_names", ReadClock) ?? []).Select(c => c.Value)],
        };
    }

    /// <summary>Either `34`, which is level triggered, or `{intid: 34, trigger: edge}`.</summary>
    private Located<BoardInterrupt>? ReadInterrupt(ManifestNode item)
    {
        if (item is not ManifestMap)
        {
            Located<ulong>? plain = ScalarReader.Number(item, "an interrupt id", Limits.FirstSpi, Limits.LastSpi, diagnostics);
            return plain is null ? null : new Located<BoardInterrupt>(new BoardInterrupt((uint)plain.Value, Edge: false), plain.Span);
        }
        MapReader? map = MapReader.Open(item, item.Span, "an interrupt", BoardKeys.Interrupt, diagnostics);
        bool edge = map?.Choice("trigger", "level", "edge")?.Value == "edge";
        return map?.Number("intid", Limits.FirstSpi, Limits.LastSpi) is { } intid
            ? new Located<BoardInterrupt>(new BoardInterrupt((uint)intid.Value, edge), intid.Span)
            : null;
    }
}
