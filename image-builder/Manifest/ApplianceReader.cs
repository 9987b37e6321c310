using Bulkhead.ImageBuilder.Diagnostics;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Manifest;

/// <summary>Reads an appliance.yaml into a document; what the values mean together is the validators' affair.</summary>
internal sealed class ApplianceReader(DiagnosticBag diagnostics)
{
    public ApplianceDocument? Read(SourceFile file, ManifestNode root)
    {
        SourceSpan start = new(file, 1, 1, 1);
        if (MapReader.Open(root, start, "the appliance", ApplianceKeys.Appliance, diagnostics) is not { } map)
            return null;
        return new ApplianceDocument(file)
        {
            Name = map.Name("appliance"),
            Boards = ReadBoards(map),
            Flags = ReadFlags(map),
            Guests = ReadGuests(map),
            Keys = SigningReader.Read(map, diagnostics),
            Production = map.Boolean("production"),
            CrashCall = map.Boolean("crash_call"),
            CrashLog = map.Boolean("crash_log"),
            Version = SigningReader.ReadVersion(map, diagnostics),
            Rollback = map.Number("rollback", 0, ulong.MaxValue)?.Value ?? 0,
            Management = map.Choice("management", "on", "off")?.Value != "off",
        };
    }

    private static ApplianceFlags ReadFlags(MapReader appliance) =>
        (appliance.Boolean("trace")?.Value == true ? ApplianceFlags.Trace : 0)
        | (appliance.Choice("on_bug", "halt", "reset")?.Value == "reset" ? ApplianceFlags.ResetOnBug : 0);

    /// <summary>Either `qemu-q35` or `[qemu-virt-arm64, qemu-q35]`.</summary>
    private IReadOnlyList<Located<string>> ReadBoards(MapReader appliance)
    {
        if (appliance.Node("board") is not ManifestList list)
            return appliance.Name("board") is { } only ? [only] : [];
        if (list.Items.Count == 0)
            diagnostics.Add(SyntaxDiagnostics.WrongCount, appliance.Key("board")!.Span, "an appliance is for at least one board");
        List<Located<string>> boards = [];
        foreach (Located<string> board in list.Items.Select(i => ScalarReader.Name(i, "the board name", diagnostics)).OfType<Located<string>>())
        {
            if (boards.FirstOrDefault(b => b.Value == board.Value) is { } first)
                diagnostics.Add(ApplianceDiagnostics.BoardTwice, board.Span, $"the board {board.Value} stands here a second time", new DiagnosticNote(first.Span, "the first one is here"));
            else
                boards.Add(board);
        }
        return boards;
    }

    private List<GuestDocument> ReadGuests(MapReader appliance)
    {
        List<GuestDocument> guests = [];
        if (appliance.Node("guests") is not { } node || MapReader.AsMap(node, "`guests` of the appliance", diagnostics) is not { } map)
            return guests;
        if (map.Entries.Count is 0 or > Limits.MaxGuests)
        {
            diagnostics.Add(SyntaxDiagnostics.WrongCount, appliance.Key("guests")!.Span,
                $"an appliance has 1 to {Limits.MaxGuests} guests, this one {map.Entries.Count}");
        }
        foreach (ManifestEntry entry in map.Entries)
        {
            Located<string> name = ScalarReader.Name(entry.Key, "the guest name", diagnostics) ?? new Located<string>(entry.Key.Text, entry.Key.Span);
            // Its slots would have the names of the image's own partitions.
            if (name.Value is "hypervisor" or "table")
                diagnostics.Add(SyntaxDiagnostics.BadName, name.Span, $"the guest name `{name.Value}` is the name of a part of every image");
            if (MapReader.Open(entry.Value, entry.Key.Span, $"guest {name.Value}", ApplianceKeys.Guest, diagnostics) is { } guest)
                guests.Add(ReadGuest(name, guest));
        }
        return guests;
    }

    private GuestDocument ReadGuest(Located<string> name, MapReader guest)
    {
        OnePayload.CheckGuest(name, guest);
        (Located<ulong>? size, Located<ulong>? host) = ReadMemory(guest);
        return new GuestDocument(name)
        {
            Cpus = ReadCpus(guest),
            MemorySize = size,
            Host = host,
            Slot = guest.Size("slot"),
            AutoStart = guest.Boolean("autostart")?.Value ?? true,
            After = ReadAfter(guest),
            Key = guest.Text("key"),
            Version = SigningReader.ReadVersion(guest, diagnostics),
            Rollback = guest.Number("rollback", 0, ulong.MaxValue)?.Value ?? 0,
            ChannelAbi = SigningReader.ReadChannelAbi(guest, diagnostics),
            Restart = RestartReader.Read(guest.Map("restart", ApplianceKeys.Restart), diagnostics),
            Watchdog = WatchdogReader.Read(guest.Map("watchdog", ApplianceKeys.Watchdog), diagnostics),
            Role = guest.Choice("role", "control"),
            Update = UpdateReader.Read(guest.Map("update", ApplianceKeys.Update), guest.Node("watchdog") is not null, diagnostics),
            Linux = ReadLinux(guest.Map("linux", ApplianceKeys.Linux)),
            Kernel = ReadKernel(guest.Map("kernel", ApplianceKeys.Kernel)),
            DeviceLists = ReadDevices(guest),
            Platform = ReadPlatform(guest.Map("platform", ApplianceKeys.Platform)),
        };
    }

    /// <summary>Either `gateway` or `[gateway, app]`.</summary>
    private IReadOnlyList<Located<string>> ReadAfter(MapReader guest) =>
        guest.Node("after") is ManifestList
            ? guest.List("after", item => ScalarReader.Name(item, "the guest name", diagnostics)) ?? []
            : guest.Name("after") is { } only ? [only] : [];

    /// <summary>Either `[rtc]`, or for each board `{qemu-virt-arm64: [rtc]}`.</summary>
    private List<DevicesDocument> ReadDevices(MapReader guest)
    {
        Located<string>? ReadName(ManifestNode item) => ScalarReader.Text(item, "a device", diagnostics);
        if (guest.Node("devices") is not ManifestMap map)
            return [new DevicesDocument(null, guest.List("devices", ReadName) ?? [])];
        List<DevicesDocument> devices = [];
        foreach (ManifestEntry entry in map.Entries)
        {
            if (entry.Value is ManifestList list)
                devices.Add(new DevicesDocument(new Located<string>(entry.Key.Text, entry.Key.Span), [.. list.Items.Select(ReadName).OfType<Located<string>>()]));
            else if (entry.Value is not RefusedNode)
                diagnostics.Add(SyntaxDiagnostics.WrongShape, entry.Value.Span, $"the devices on {entry.Key.Text} must be a list");
        }
        return devices;
    }

    private IReadOnlyList<Located<ulong>> ReadCpus(MapReader guest)
    {
        IReadOnlyList<ManifestNode>? items = guest.List("cpus");
        if (items is { Count: 0 or > Limits.MaxCpus })
            diagnostics.Add(SyntaxDiagnostics.WrongCount, guest.Key("cpus")!.Span, $"a guest has 1 to {Limits.MaxCpus} CPUs, this one {items.Count}");
        return [.. (items ?? []).Select(i => ScalarReader.Number(i, "a CPU", 0, uint.MaxValue, diagnostics)).OfType<Located<ulong>>()];
    }

    /// <summary>Either `256 MiB` or `{size: 256 MiB, host: 0x50000000}`.</summary>
    private static (Located<ulong>? Size, Located<ulong>? Host) ReadMemory(MapReader guest)
    {
        if (guest.Node("memory") is not ManifestMap)
            return (guest.Size("memory"), null);
        MapReader? memory = guest.Map("memory", ApplianceKeys.Memory);
        return (memory?.Size("size"), memory?.Address("host", Limits.BoardAddressEnd));
    }

    private LinuxDocument? ReadLinux(MapReader? linux)
    {
        if (linux is null)
            return null;
        MapReader? initramfs = linux.Map("initramfs", ApplianceKeys.Initramfs);
        return new LinuxDocument
        {
            Package = linux.Node("package") is { } package
                ? ScalarReader.Text(package, linux.Call("package"), Patterns.DebianPackage(), "a Debian package's name ({arch} in it stands for arm64 or amd64)", diagnostics)
                : null,
            CommandLine = ReadCommandLine(linux),
            // A Debian kernel is 27 MB as it is and 10 MB compressed.
            Compress = (linux.Choice("compression", "gzip", "none")?.Value ?? "gzip") == "gzip",
            Modules = [.. (initramfs?.List("modules", ReadModule) ?? []).Select(m => m.Value)],
            Files = initramfs is null ? [] : ReadFiles(initramfs),
            Init = initramfs?.Text("init")?.Value ?? "",
        };
    }

    private Located<string>? ReadModule(ManifestNode item) =>
        ScalarReader.Text(item, "a module", Patterns.Word(), "a kernel module's name, such as virtio_net", diagnostics);

    private List<InitramfsFileDocument> ReadFiles(MapReader initramfs)
    {
        List<InitramfsFileDocument> files = [];
        if (initramfs.Node("files") is not { } node || MapReader.AsMap(node, initramfs.Call("files"), diagnostics) is not { } map)
            return files;
        foreach (ManifestEntry entry in map.Entries)
        {
            if (ScalarReader.Text(entry.Value, $"the file for {entry.Key.Text}", diagnostics) is { } source)
                files.Add(new InitramfsFileDocument(new Located<string>(entry.Key.Text, entry.Key.Span), source));
        }
        return files;
    }

    private KernelDocument? ReadKernel(MapReader? kernel)
    {
        if (kernel is null)
            return null;
        OnePayload.CheckKernel(kernel);
        return new KernelDocument
        {
            File = kernel.Text("file"),
            Project = kernel.Name("project"),
            Initrd = kernel.Text("initrd"),
            CommandLine = ReadCommandLine(kernel),
            Compress = kernel.Choice("compression", "gzip", "none")?.Value == "gzip",
        };
    }

    private Located<string>? ReadCommandLine(MapReader payload)
    {
        if (payload.Node("cmdline") is not { } node)
            return null;
        // A block scalar ends with a line feed that nobody means.
        ManifestNode trimmed = node is ManifestScalar scalar ? scalar with { Text = scalar.Text.TrimEnd('\n') } : node;
        return ScalarReader.Text(trimmed, payload.Call("cmdline"), Patterns.CommandLine(),
            $"one line of at most {Limits.MaxCommandLine} printable ASCII characters", diagnostics);
    }

    private static PlatformDocument ReadPlatform(MapReader? platform) => platform is null ? new PlatformDocument() : new PlatformDocument
    {
        Ram = platform.Address("ram", Limits.GuestAddressEnd),
        Gicd = platform.Address("gicd", Limits.GuestAddressEnd),
        Gicr = platform.Address("gicr", Limits.GuestAddressEnd),
        Uart = platform.Address("uart", Limits.GuestAddressEnd),
        UartIntId = platform.Number("uart_intid", Limits.FirstSpi, Limits.LastSpi),
        IntIds = platform.Number("intids", 64, 1024),
        Watchdog = platform.Address("watchdog", Limits.GuestAddressEnd),
        WatchdogIntId = platform.Number("watchdog_intid", Limits.FirstSpi, Limits.LastSpi),
        ControlUart = platform.Address("control_uart", Limits.GuestAddressEnd),
        ControlUartIntId = platform.Number("control_uart_intid", Limits.FirstSpi, Limits.LastSpi),
        Mailbox = platform.Address("mailbox", Limits.GuestAddressEnd),
        LocalApic = platform.Address("local_apic", Limits.ApicAddressEnd),
        IoApic = platform.Address("io_apic", Limits.ApicAddressEnd),
        UartPort = platform.Number("uart_port", 0, Limits.PortEnd - Limits.UartPorts),
        UartGsi = platform.Number("uart_gsi", 0, Limits.GuestIoApicInputs - 1),
        SleepPort = platform.Number("sleep_port", 0, Limits.PortEnd - Limits.SleepPorts),
        ResetPort = platform.Number("reset_port", 0, Limits.PortEnd - 1),
        WatchdogPort = platform.Number("watchdog_port", 0, Limits.PortEnd - Limits.WatchdogPorts),
        ControlUartPort = platform.Number("control_uart_port", 0, Limits.PortEnd - Limits.UartPorts),
        ControlUartGsi = platform.Number("control_uart_gsi", 0, Limits.GuestIoApicInputs - 1),
        Keys = [.. KeysOf(platform, CpuArchitecture.Arm64, ApplianceKeys.Arm64Platform), .. KeysOf(platform, CpuArchitecture.X86_64, ApplianceKeys.PcPlatform)],
    };

    private static IEnumerable<(CpuArchitecture, Located<string>)> KeysOf(MapReader platform, CpuArchitecture architecture, string[] keys) =>
        keys.Select(platform.Key).OfType<ManifestScalar>().Select(key => (architecture, new Located<string>(key.Text, key.Span)));
}
