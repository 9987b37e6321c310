using System.Buffers.Binary;
using System.Text;
using Bulkhead.ImageBuilder.Formats;
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
    private const ushort BootArchitecture = 1 << 2 | 1 << 5;
    private const byte AppliancePc = 6;
    private const byte SystemIo = 1, ByteAccess = 1;

    /// <param name="address">Where the guest has the first byte; 16-byte aligned.</param>
    public static byte[] Make(Guest guest, ulong address)
    {
        PcPlatform platform = (PcPlatform)guest.Platform;
        ulong xsdt = Up(address + RsdpSize), fadt = Up(xsdt + XsdtSize + (guest.HasWatchdog ? 8u : 0)), madt = Up(fadt + FadtSize);
        byte[] interrupts = Madt(platform, guest.Cpus.Count);
        ulong dsdt = Up(madt + (ulong)interrupts.Length);
        byte[] devices = Table("DSDT", 2, Devices(platform));
        ulong wdat = Up(dsdt + (ulong)devices.Length);
        byte[] watchdog = guest.HasWatchdog ? Table("WDAT", 1, WatchdogActions.Make(platform.WatchdogPort)) : [];
        byte[] tables = new byte[(watchdog.Length == 0 ? dsdt + (ulong)devices.Length : wdat + (ulong)watchdog.Length) - address];
        Put(address, Rsdp(xsdt));
        Put(xsdt, Table("XSDT", 1, [.. Quad(fadt), .. Quad(madt), .. watchdog.Length == 0 ? [] : Quad(wdat)]));
        Put(fadt, Fadt(platform, dsdt));
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
    private static byte[] Fadt(PcPlatform platform, ulong dsdt)
    {
        byte[] table = Table("FACP", 6, new byte[FadtSize - HeaderSize]);
        BinaryPrimitives.WriteUInt32LittleEndian(table.AsSpan(40), (uint)dsdt);
        table[45] = AppliancePc;
        BinaryPrimitives.WriteUInt16LittleEndian(table.AsSpan(109), BootArchitecture);
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

    private static byte[] Devices(PcPlatform platform)
    {
        // 6.4.2.5 I/O port descriptor, 6.4.3.6 extended interrupt descriptor (consumer, edge, active high), 6.4.2.9 end tag.
        byte[] port = [0x47, 1, .. Half(platform.UartPort), .. Half(platform.UartPort), 1, 8];
        byte[] interrupt = [0x89, 6, 0, 0b0000_0011, 1, .. Word(platform.UartGsi)];
        byte[] resources = AmlWriter.Buffer([.. port, .. interrupt, 0x79, 0]);
        AmlWriter uart = new AmlWriter().Name("_HID", AmlWriter.EisaId("PNP0501")).Name("_UID", AmlWriter.Integer(1)).Name("_CRS", resources);
        // 7.4.2: the first element is SLP_TYP; hardware-reduced systems use no second one.
        byte[] off = AmlWriter.Package(AmlWriter.Integer(X86Platform.SleepTypeOff), AmlWriter.Integer(0), AmlWriter.Integer(0), AmlWriter.Integer(0));
        return new AmlWriter().Name(@"\_S5_", off).Scope(@"\_SB_", new AmlWriter().Device("COM1", uart)).Finish();
    }

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
