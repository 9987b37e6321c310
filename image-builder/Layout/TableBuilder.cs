using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Bulkhead.ImageBuilder.Formats;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.ImageBuilder.Validation;
using Bulkhead.Memory;
using Bulkhead.Partitions;
using Bulkhead.Update;

namespace Bulkhead.ImageBuilder.Layout;

/// <summary>The appliance table of a checked appliance.</summary>
public static class TableBuilder
{
    /// <exception cref="BuildException">The hypervisor's own reader refuses the table: the validation let something pass.</exception>
    public static byte[] Build(Appliance appliance, ImageLayout layout)
    {
        ApplianceTable table = Make(appliance, layout);
        byte[] bytes = MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(in table, 1)).ToArray();
        ApplianceTable read = default;
        TableError error = appliance.Board.Architecture == CpuArchitecture.Arm64
            ? ApplianceTableReader.Read<Arm64TableRules>(bytes, ref read, out int guest)
            : ApplianceTableReader.Read<X86TableRules>(bytes, ref read, out guest);
        if (error == TableError.None)
            return bytes;
        string whose = guest < 0 ? "" : $" of guest '{appliance.Guests[guest].Name}'";
        throw new BuildException($"the hypervisor would refuse this appliance{whose}: {Encoding.ASCII.GetString(TableErrorText.Of(error))}");
    }

    public static ApplianceTable Make(Appliance appliance, ImageLayout layout)
    {
        ApplianceTable table = default;
        table.Magic = ApplianceTable.ExpectedMagic;
        table.Version = ApplianceTable.CurrentVersion;
        table.Size = (uint)Unsafe.SizeOf<ApplianceTable>();
        table.ManifestDigest = Names.Digest(appliance.ManifestDigest);
        table.ApplianceName = Names.Fixed(appliance.Name);
        table.Board = Facts(appliance.Board);
        table.GuestCount = (uint)appliance.Guests.Count;
        table.ApplianceVersion = Names.Fixed(appliance.Version);
        table.Rollback = appliance.Rollback;
        ushort steps = 0;
        for (int i = 0; i < appliance.Guests.Count; i++)
        {
            table.Guest[i] = Entry(appliance.Guests[i], layout.Slots[i]);
            table.Guest[i].FirstResetStep = steps;
            foreach (ResetStep step in appliance.Guests[i].Devices.SelectMany(device => device.Reset))
                table.ResetStep[steps++] = step;
            table.Guest[i].ResetStepCount = (ushort)(steps - table.Guest[i].FirstResetStep);
        }
        table.Flags = appliance.Flags | (appliance.IsProduction ? ApplianceFlags.Production : 0) | (appliance.Management ? ApplianceFlags.Management : 0);
        if ((table.Flags & ApplianceFlags.CrashLog) != 0)
            table.CrashArea = Image(layout.BlackBox);
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(ref table, 1));
        table.Digest = Names.Digest(SHA256.HashData(bytes[SignedHeader.SignedFrom..]));
        return table;
    }

    public static HostRange Host(AddressRange range) => new() { Base = new HostPhys(range.Base), Size = range.Size };

    public static ImageRange Image(GptPartition partition) => new() { Offset = partition.Offset, Size = partition.Size };

    private static BoardFacts Facts(Board board)
    {
        BoardFacts facts = default;
        facts.Name = Names.Fixed(board.Name);
        facts.Architecture = board.Architecture;
        facts.CpuCount = (uint)board.CpuIds.Count;
        for (int i = 0; i < board.CpuIds.Count; i++)
            facts.CpuId[i] = board.CpuIds[i];
        facts.RamRangeCount = (uint)board.Ram.Count;
        for (int i = 0; i < board.Ram.Count; i++)
            facts.Ram[i] = Host(board.Ram[i]);
        facts.HypervisorRam = Host(board.HypervisorRam);
        facts.ImageSize = board.ImageSize;
        if (board.BlackBox is { } box)
            facts.BlackBox = Host(box);
        if (board.Architecture == CpuArchitecture.Arm64)
            facts.Arm64 = Facts(board.Arm64);
        else
            facts.X86 = Facts(board.Pc);
        return facts;
    }

    private static Arm64Board Facts(Arm64Parts parts) => new()
    {
        Flash = new HostPhys(parts.Flash.Base),
        Uart = new HostPhys(parts.Uart.Base),
        UartIntId = parts.Uart.IntId,
        Gicd = new HostPhys(parts.Gic.Gicd),
        Gicr = new HostPhys(parts.Gic.Gicr),
        GicrStride = parts.Gic.GicrStride,
    };

    private static X86Board Facts(PcParts parts) => new()
    {
        LocalApic = new HostPhys(parts.LocalApic),
        IoApic = new HostPhys(parts.IoApic),
        UartPort = parts.UartPort,
        UartGsi = parts.UartGsi,
        DiskPort = parts.DiskPort,
        DiskControlPort = parts.DiskControlPort,
    };

    private static GuestEntry Entry(Guest guest, (GptPartition A, GptPartition B) slots)
    {
        GuestEntry entry = default;
        entry.Name = Names.Fixed(guest.Name);
        entry.VcpuCount = (uint)guest.Cpus.Count;
        for (int i = 0; i < guest.Cpus.Count; i++)
            entry.Cpu[i] = (uint)guest.Cpus[i];
        entry.Flags = (guest.AutoStart ? GuestFlags.AutoStart : 0) | (guest.IsControl ? GuestFlags.Control : 0);
        if (guest.IsControl)
            entry.Mailbox = new MailboxEntry { Registers = new GuestPhys(guest.Mailbox), Buffer = new GuestPhys(GuestRam.MailboxBuffer(guest)) };
        entry.Restart = guest.Restart;
        entry.Watchdog = guest.Watchdog;
        entry.Update = guest.Update;
        foreach (int first in guest.After)
            entry.After |= 1u << first;
        int count = 0;
        foreach (GuestRange ram in GuestRam.Of(guest))
        {
            entry.Mapping[count++] = new GuestMapping
            {
                Guest = new GuestPhys(ram.Guest),
                Host = new HostPhys(ram.Host),
                Size = ram.Size,
                Kind = MappingKind.Ram,
            };
        }
        foreach (AddressRange pages in Pages.Around(guest.Devices.SelectMany(device => device.Registers)))
        {
            entry.Mapping[count++] = new GuestMapping
            {
                Guest = new GuestPhys(pages.Base),
                Host = new HostPhys(pages.Base),
                Size = pages.Size,
                Kind = MappingKind.Device,
            };
        }
        entry.MappingCount = (uint)count;
        count = 0;
        foreach (BoardInterrupt interrupt in guest.Devices.SelectMany(device => device.Interrupts).DistinctBy(interrupt => interrupt.IntId))
        {
            entry.Interrupt[count++] = new GuestInterrupt
            {
                PhysicalIntId = interrupt.IntId,
                VirtualIntId = interrupt.IntId,
                Edge = interrupt.Edge ? 1u : 0u,
                ActiveLow = interrupt.ActiveLow ? 1u : 0u,
            };
        }
        entry.InterruptCount = (uint)count;
        if (guest.Platform is GicPlatform gic)
            entry.Arm64 = Platform(gic);
        else if (guest.Platform is PcPlatform pc)
            entry.X86 = Platform(pc, guest.Devices.SelectMany(device => device.Ports));
        entry.SlotA = Image(slots.A);
        entry.SlotB = Image(slots.B);
        entry.ChannelAbiFirst = guest.Identity.ChannelAbiFirst;
        entry.ChannelAbiLast = guest.Identity.ChannelAbiLast;
        guest.Key?.Modulus.CopyTo((Span<byte>)entry.Key);
        return entry;
    }

    private static Arm64Platform Platform(GicPlatform platform) => new()
    {
        Gicd = new GuestPhys(platform.Gicd),
        Gicr = new GuestPhys(platform.Gicr),
        Uart = new GuestPhys(platform.Uart),
        UartIntId = platform.UartIntId,
        IntIdCount = platform.IntIdCount,
        WatchdogControl = new GuestPhys(platform.Watchdog.Control),
        WatchdogRefresh = new GuestPhys(platform.Watchdog.Refresh),
        WatchdogIntId = platform.Watchdog.IntId,
        ControlUart = new GuestPhys(platform.ControlUart.Address),
        ControlIntId = platform.ControlUart.IntId,
    };

    private static X86Platform Platform(PcPlatform platform, IEnumerable<AddressRange> ports)
    {
        X86Platform entry = new()
        {
            LocalApic = new GuestPhys(platform.LocalApic),
            IoApic = new GuestPhys(platform.IoApic),
            UartPort = platform.UartPort,
            UartGsi = platform.UartGsi,
            SleepPort = platform.SleepPort,
            ResetPort = platform.ResetPort,
            WatchdogPort = platform.WatchdogPort,
            ControlPort = platform.ControlUart.Port,
            ControlGsi = platform.ControlUart.Gsi,
        };
        foreach (AddressRange range in ports)
            entry.Ports[(int)entry.PortRangeCount++] = new PortRange { First = (uint)range.Base, Count = (uint)range.Size };
        return entry;
    }
}
