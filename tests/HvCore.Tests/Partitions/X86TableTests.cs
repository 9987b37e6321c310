using System;
using System.Runtime.InteropServices;
using Bulkhead.Partitions;
using Xunit;

namespace Bulkhead.Tests.Core;

/// <summary>What only a PC's table can say; the rest is the same reader as in <see cref="ApplianceTableReaderTests"/>.</summary>
public class X86TableTests
{
    [Fact]
    public void Takes_a_sound_table()
    {
        ApplianceTable table = Samples.PcTable();
        Assert.Equal(TableError.None, Check(in table));
    }

    [Fact]
    public void Survives_any_content()
    {
        Random random = new(2);
        for (int round = 0; round < 30_000; round++)
        {
            ApplianceTable table = Samples.PcTable();
            Span<byte> bytes = MemoryMarshal.AsBytes(new Span<ApplianceTable>(ref table));
            for (int change = random.Next(1, 20); change > 0; change--)
                bytes[random.Next(80, bytes.Length)] = random.Next(3) == 0 ? (byte)random.Next(256) : (byte)(random.Next(2) * 255);
            TableError error = ApplianceTableReader.Check<X86TableRules>(in table, out int guest);
            Assert.InRange(guest, -1, (int)Math.Min(table.GuestCount, ApplianceTable.MaxGuests) - 1);
            Assert.False(TableErrorText.Of(error).IsEmpty);
        }
    }

    public static TheoryData<string, TableError, ApplianceTableReaderTests.Mutate> Wrong => new()
    {
        { "another architecture", TableError.BadArchitecture, (ref t) => t.Board.Architecture = CpuArchitecture.Arm64 },
        { "everybody's APIC id", TableError.BadCpuId, (ref t) => t.Board.CpuId[1] = uint.MaxValue },
        { "local APIC in RAM", TableError.BadBoardDevice, (ref t) => t.Board.X86.LocalApic = new(0x0200_0000) },
        { "both APICs in one place", TableError.BadBoardDevice, (ref t) => t.Board.X86.IoApic = t.Board.X86.LocalApic },
        { "unaligned I/O APIC", TableError.BadBoardDevice, (ref t) => t.Board.X86.IoApic = new(0xfec0_0010) },
        { "UART past the ports", TableError.BadBoardDevice, (ref t) => t.Board.X86.UartPort = 0xfff9 },
        { "UART with 32 bits", TableError.BadBoardDevice, (ref t) => t.Board.X86.UartPort = uint.MaxValue },
        { "disk in the UART", TableError.BadBoardDevice, (ref t) => t.Board.X86.DiskPort = 0x3f1 },
        { "disk control in the UART", TableError.BadBoardDevice, (ref t) => t.Board.X86.DiskControlPort = 0x3ff },
        { "UART's interrupt", TableError.BadUartInterrupt, (ref t) => t.Board.X86.UartGsi = 240 },
        { "guest's UART's input", TableError.BadPlatform, (ref t) => t.Guest[0].X86.UartGsi = 24 },
        { "guest's local APIC unaligned", TableError.BadPlatform, (ref t) => t.Guest[0].X86.LocalApic = new(0xfee0_0800) },
        { "guest's APICs in one place", TableError.PlatformOverlap, (ref t) => t.Guest[1].X86.IoApic = t.Guest[1].X86.LocalApic },
        { "guest's APIC in its RAM", TableError.PlatformOverlap, (ref t) => t.Guest[1].X86.IoApic = new(0x0010_0000) },
        { "sleep in the UART", TableError.PlatformOverlap, (ref t) => t.Guest[0].X86.SleepPort = 0x3f7 },
        { "reset in sleep status", TableError.PlatformOverlap, (ref t) => t.Guest[0].X86.ResetPort = 0x601 },
        { "watchdog in the reset port", TableError.PlatformOverlap, (ref t) => t.Guest[1].X86.WatchdogPort = 0x600 },
        { "watchdog at no multiple of 16", TableError.BadWatchdog, (ref t) => t.Guest[1].X86.WatchdogPort = 0x618 },
        { "watchdog past the ports", TableError.PlatformOverlap, (ref t) => t.Guest[1].X86.WatchdogPort = 0xfff0 },
        { "a port without a watchdog", TableError.BadWatchdog, (ref t) => t.Guest[0].X86.WatchdogPort = 0x610 },
        { "control UART without the role", TableError.BadControl, (ref t) => t.Guest[0].Flags = GuestFlags.AutoStart },
        { "control UART past the ports", TableError.PlatformOverlap, (ref t) => t.Guest[0].X86.ControlPort = 0xfffc },
        { "control UART in the sleep registers", TableError.PlatformOverlap, (ref t) => t.Guest[0].X86.ControlPort = 0x5f9 },
        { "control UART's input", TableError.BadControl, (ref t) => t.Guest[0].X86.ControlGsi = 24 },
        { "both UARTs at one input", TableError.BadControl, (ref t) => t.Guest[0].X86.ControlGsi = 4 },
        { "the control UART's input assigned", TableError.InterruptTaken, (ref t) => t.Guest[0].Interrupt[0].VirtualIntId = 3 },
        { "the control UART's ports assigned", TableError.PortsTaken, (ref t) => t.Guest[0].X86.Ports[0].First = 0x2ef },
        { "the UART's input assigned", TableError.InterruptTaken, (ref t) => t.Guest[0].Interrupt[0].PhysicalIntId = 4 },
        { "the virtual UART's input assigned", TableError.InterruptTaken, (ref t) => t.Guest[0].Interrupt[0].VirtualIntId = 4 },
        { "an input that no I/O APIC has", TableError.BadInterrupt, (ref t) => t.Guest[0].Interrupt[0].PhysicalIntId = 240 },
        { "an input that is lower than low", TableError.BadInterrupt, (ref t) => t.Guest[0].Interrupt[0].ActiveLow = 2 },
        { "more port ranges than there is room for", TableError.BadPorts, (ref t) => t.Guest[0].X86.PortRangeCount = 9 },
        { "a port range of none", TableError.BadPorts, (ref t) => t.Guest[0].X86.Ports[0].Count = 0 },
        { "ports past the last", TableError.BadPorts, (ref t) => t.Guest[0].X86.Ports[0].First = 0xffff },
        { "ports with 32 bits", TableError.BadPorts, (ref t) => t.Guest[0].X86.Ports[0].Count = uint.MaxValue },
        { "the PIC's ports", TableError.BadPorts, (ref t) => t.Guest[0].X86.Ports[0].First = 0x1f },
        { "PCI's configuration", TableError.BadPorts, (ref t) => t.Guest[0].X86.Ports[0].First = 0xcff },
        { "the board's UART's ports", TableError.PortsTaken, (ref t) => t.Guest[0].X86.Ports[0].First = 0x3ff },
        { "the disk's ports", TableError.PortsTaken, (ref t) => t.Guest[0].X86.Ports[0].First = 0x1f7 },
        { "the disk's control port", TableError.PortsTaken, (ref t) => t.Guest[0].X86.Ports[0].First = 0x3f5 },
        { "another guest's ports", TableError.PortsTaken, (ref t) => t.Guest[1].X86.Ports[0].First = 0x6a },
        { "ports of the guest's own twice", TableError.PortsTaken, (ref t) => { t.Guest[0].X86.Ports[1] = new() { First = 0x71, Count = 1 }; t.Guest[0].X86.PortRangeCount = 2; } },
        { "the virtual sleep register's port", TableError.PortsTaken, (ref t) => t.Guest[0].X86.Ports[0].First = 0x5ff },
        { "slot past the disk", TableError.BadSlot, (ref t) => t.Board.ImageSize = 32 * Samples.MiB },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Says_what_is_wrong(string what, TableError expected, ApplianceTableReaderTests.Mutate mutate)
    {
        ApplianceTable table = Samples.PcTable();
        mutate(ref table);
        Assert.True(expected == Check(in table), what);
    }

    [Fact]
    public void A_package_enters_as_its_architecture_does()
    {
        Assert.Equal(PackageError.None, Read(EntryKind.Pvh, 0, 0));
        Assert.Equal(PackageError.None, Read(EntryKind.Linux64, 0xe_1000, 0xe_0008));
        Assert.Equal(PackageError.BadKind, Read(EntryKind.Arm64Image, 0, 0));
    }

    [Theory]
    [InlineData(EntryKind.Pvh, 0xe_1000, 0)]
    [InlineData(EntryKind.Pvh, 0, 0xe_0008)]
    [InlineData(EntryKind.Linux64, 0, 0)]
    [InlineData(EntryKind.Linux64, 0xe_1008, 0xe_0008)]
    [InlineData(EntryKind.Linux64, 0xe_2000, 0xe_0008)]
    [InlineData(EntryKind.Linux64, 0x10_0000, 0xe_0008)]
    [InlineData(EntryKind.Linux64, 0xe_1000, 0xe_0004)]
    [InlineData(EntryKind.Linux64, 0xe_1000, 0xe_1fe8)]
    public void Page_tables_and_GDT_belong_to_the_64_bit_entry_and_lie_in_its_boot_information(EntryKind kind, ulong pageTables, ulong gdt) =>
        Assert.Equal(PackageError.BadBootInfo, Read(kind, pageTables, gdt));

    // An instruction may begin at any byte.
    private static PackageError Read(EntryKind kind, ulong pageTables, ulong gdt)
    {
        ApplianceTable table = Samples.PcTable();
        byte[] slot = Samples.Slot(30_000, [new(SegmentKind.Kernel, 0x10_0000, new byte[5000]), new(SegmentKind.BootInfo, 0xe_0000, new byte[0x2000])], (ref h) =>
        {
            h.EntryKind = kind;
            h.Entry = new(0x10_0001);
            h.BoardName = Samples.Name("pc-x86-64");
            h.PageTables = new(pageTables);
            h.Gdt = new(gdt);
        });
        PackageHeader header = default;
        BytesImage image = new(slot, true);
        return PackageReader.Read(in image, image.All, in table.Guest[0], in table.Board, 0, ref header);
    }

    private static TableError Check(in ApplianceTable table) => ApplianceTableReader.Check<X86TableRules>(in table, out _);
}
