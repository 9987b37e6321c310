using System.Buffers.Binary;
using System.Text;
using Bulkhead.ImageBuilder.Formats;
using Bulkhead.ImageBuilder.Manifest;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Layout;

/// <summary>
/// A PC guest's ACPI tables (ACPI 6.5), hardware-reduced: exactly what the guest has, so that nothing is probed that is not
/// there. RSDP first, then XSDT, FADT, MADT, DSDT and, for a guest with a watchdog, WDAT.
/// </summary>
public static class GuestAcpi
{
    private const int RsdpSize = 36, HeaderSize = 36, XsdtSize = HeaderSize + 2 * 8, FadtSize = 276;
    private const int Alignment = 16;
    // FADT flags (table 5.10): no power or sleep button; a reset register; no fixed hardware.
    private const uint FadtFlags = 1 << 4 | 1 << 5 | 1 << 10 | 1 << 20;
    // IAPC_BOOT_ARCH (table 5.11): no VGA, no CMOS clock; no legacy devices and no 8042 by bits that are clear.
    private const ushort BootArchitecture = 1 << 2 | NoCmosClock;
    private const ushort NoCmosClock = 1 << 5;
    // PNP0B00, PNP0B01, PNP0B02: a PC/AT's clock and two of its successors, all with CMOS.
    private const string CmosClock = "PNP0B0";
    private const byte AppliancePc = 6;
    private const byte SystemIo = 1, ByteAccess = 1;

    /// <param name="address">Where the guest has the first byte; 16-byte aligned.</param>
    public static byte[] Make(Guest guest, ulong address)
    {
        PcPlatform platform = (PcPlatform)guest.Platform;
        ulong xsdt = Up(address + RsdpSize), fadt = Up(xsdt + XsdtSize + (guest.HasWatchdog ? 8u : 0)), madt = Up(fadt + FadtSize);
        byte[] interrupts = Madt(platform, guest.Cpus.Count);
        ulong dsdt = Up(madt + (ulong)interrupts.Length);
        byte[] devices = Table("DSDT", 2, Devices(platform, guest));
        ulong wdat = Up(dsdt + (ulong)devices.Length);
        byte[] watchdog = guest.HasWatchdog ? Table("WDAT", 1, WatchdogActions.Make(platform.WatchdogPort)) : [];
        byte[] tables = new byte[(watchdog.Length == 0 ? dsdt + (ulong)devices.Length : wdat + (ulong)watchdog.Length) - address];
        Put(address, Rsdp(xsdt));
        Put(xsdt, Table("XSDT", 1, [.. Quad(fadt), .. Quad(madt), .. watchdog.Length == 0 ? [] : Quad(wdat)]));
        bool hasClock = guest.Devices.Any(device => device.Compatible.StartsWith(CmosClock, StringComparison.Ordinal));
        Put(fadt, Fadt(platform, dsdt, hasClock));
        Put(madt, interrupts);
        Put(dsdt, devices);
        if (watchdog.Length != 0)
            Put(wdat, watchdog);
        return tables;

        void Put(ulong at, byte[] table) => table.CopyTo(tables, (int)(at - address));
    }

    // 5.2.5.3: one checksum over the first 20 bytes, one over all.
    private static byte[] Rsdp(ulong xsdt)
    {
        byte[] table = new byte[RsdpSize];
        "RSD PTR "u8.CopyTo(table);
        "BLKHED"u8.CopyTo(table.AsSpan(9));
        table[15] = 2;
        BinaryPrimitives.WriteUInt32LittleEndian(table.AsSpan(20), RsdpSize);
        BinaryPrimitives.WriteUInt64LittleEndian(table.AsSpan(24), xsdt);
        table[8] = Checksum(table.AsSpan(0, 20));
        table[32] = Checksum(table);
        return table;
    }

    // 5.2.9
    private static byte[] Fadt(PcPlatform platform, ulong dsdt, bool hasClock)
    {
        byte[] table = Table("FACP", 6, new byte[FadtSize - HeaderSize]);
        BinaryPrimitives.WriteUInt32LittleEndian(table.AsSpan(40), (uint)dsdt);
        table[45] = AppliancePc;
        BinaryPrimitives.WriteUInt16LittleEndian(table.AsSpan(109), (ushort)(hasClock ? BootArchitecture & ~NoCmosClock : BootArchitecture));
        BinaryPrimitives.WriteUInt32LittleEndian(table.AsSpan(112), FadtFlags);
        Port(platform.ResetPort).CopyTo(table, 116);
        table[128] = (byte)X86Platform.ResetValue;
        table[131] = 5;
        BinaryPrimitives.WriteUInt64LittleEndian(table.AsSpan(140), dsdt);
        Port(platform.SleepPort).CopyTo(table, 244);
        Port(platform.SleepPort + 1).CopyTo(table, 256);
        "BULKHEAD"u8.CopyTo(table.AsSpan(268));
        return Sealed(table);
    }

    // 5.2.12: local APICs, whose ids are the vCPUs' numbers, and one I/O APIC with GSI 0 and up.
    private static byte[] Madt(PcPlatform platform, int vcpus)
    {
        List<byte> content = [.. Word((uint)platform.LocalApic), .. Word(0)];
        for (byte i = 0; i < vcpus; i++)
            content.AddRange([0, 8, i, i, 1, 0, 0, 0]);
        content.AddRange([1, 12, 0, 0, .. Word((uint)platform.IoApic), .. Word(0)]);
        return Table("APIC", 5, [.. content]);
    }

    private static byte[] Devices(PcPlatform platform, Guest guest)
    {
        IReadOnlyList<BoardDevice> assigned = guest.Devices;
        AmlWriter bus = new AmlWriter().Device("COM1", Uart(1, platform.UartPort, platform.UartGsi));
        if (guest.IsControl)
        {
            bus.Device("COM2", Uart(2, platform.ControlUart.Port, platform.ControlUart.Gsi));
            // Linux shows it in /proc/iomem as BLKH0001:00, where bulkheadctl looks for it.
            bus.Device("MBOX", Device("BLKH0001", 0, [.. Memory(new AddressRange(guest.Mailbox, Limits.Page))]));
        }
        for (int i = 0; i < assigned.Count; i++)
        {
            IEnumerable<byte> resources = assigned[i].Ports.SelectMany(range => Ports((uint)range.Base, (byte)range.Size))
                .Concat(assigned[i].Registers.SelectMany(Memory)).Concat(assigned[i].Interrupts.SelectMany(Interrupt));
            // Of two devices with one id _UID tells which; COM1 and COM2 are the first of their kind.
            bus.Device($"D{i:D3}", Device(assigned[i].Compatible, (uint)i + 3, [.. resources]));
        }
        // 7.4.2: the first element is SLP_TYP; hardware-reduced systems use no second one.
        byte[] off = AmlWriter.Package(AmlWriter.Integer(X86Platform.SleepTypeOff), AmlWriter.Integer(0), AmlWriter.Integer(0), AmlWriter.Integer(0));
        return new AmlWriter().Name(@"\_S5_", off).Scope(@"\_SB_", bus).Finish();
    }

    private static AmlWriter Uart(uint number, uint port, uint gsi) => Device("PNP0501", number, [.. Ports(port, 8), .. Interrupt(new(gsi, Edge: true))]);

    // 6.4.2.9: the end tag, whose checksum of 0 is not looked at.
    private static AmlWriter Device(string id, uint number, byte[] resources) => new AmlWriter()
        .Name("_HID", id.Length == 7 ? AmlWriter.EisaId(id) : AmlWriter.Text(id))
        .Name("_UID", AmlWriter.Integer(number))
        .Name("_CRS", AmlWriter.Buffer([.. resources, 0x79, 0]));

    // 6.4.2.5 I/O port descriptor: 16 bits are decoded.
    private static byte[] Ports(uint first, byte count) => [0x47, 1, .. Half(first), .. Half(first), 1, count];

    // 6.4.3.4 32-bit fixed memory range, writable; 6.4.3.5.1 QWORD address space for what lies higher: fixed at both ends.
    private static byte[] Memory(AddressRange range) => range.End <= uint.MaxValue
        ? [0x86, 9, 0, 1, .. Word((uint)range.Base), .. Word((uint)range.Size)]
        : [0x8a, 43, 0, 0, 0b1101, 1, .. Quad(0), .. Quad(range.Base), .. Quad(range.End - 1), .. Quad(0), .. Quad(range.Size)];

    // 6.4.3.6 extended interrupt descriptor: consumer.
    private static byte[] Interrupt(BoardInterrupt interrupt) =>
        [0x89, 6, 0, (byte)(1 | (interrupt.Edge ? 2 : 0) | (interrupt.ActiveLow ? 4 : 0)), 1, .. Word(interrupt.IntId)];

    // Generic address structure (5.2.3.2).
    private static byte[] Port(uint port) => [SystemIo, 8, 0, ByteAccess, .. Quad(port)];

    private static byte[] Table(string signature, byte revision, byte[] content)
    {
        byte[] table = new byte[HeaderSize + content.Length];
        Encoding.ASCII.GetBytes(signature).CopyTo(table, 0);
        BinaryPrimitives.WriteUInt32LittleEndian(table.AsSpan(4), (uint)table.Length);
        table[8] = revision;
        "BLKHED"u8.CopyTo(table.AsSpan(10));
        "BULKHEAD"u8.CopyTo(table.AsSpan(16));
        BinaryPrimitives.WriteUInt32LittleEndian(table.AsSpan(24), 1);
        "BLKH"u8.CopyTo(table.AsSpan(28));
        BinaryPrimitives.WriteUInt32LittleEndian(table.AsSpan(32), 1);
        content.CopyTo(table, HeaderSize);
        return Sealed(table);
    }

    private static byte[] Sealed(byte[] table)
    {
        table[9] = 0;
        table[9] = Checksum(table);
        return table;
    }

    // All bytes add up to 0.
    private static byte Checksum(ReadOnlySpan<byte> bytes)
    {
        byte sum = 0;
        foreach (byte value in bytes)
            sum += value;
        return (byte)-sum;
    }

    private static byte[] Half(uint value) => [(byte)value, (byte)(value >> 8)];

    private static byte[] Word(uint value) => [.. Half(value), .. Half(value >> 16)];

    private static byte[] Quad(ulong value) => [.. Word((uint)value), .. Word((uint)(value >> 32))];

    private static ulong Up(ulong value) => (value + Alignment - 1) / Alignment * Alignment;
}
