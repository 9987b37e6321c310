using System;
using System.Buffers.Binary;
using Bulkhead.Memory;

namespace Bulkhead.X86.Firmware;

/// <summary>
/// Root pointer, RSDT or XSDT, MADT, FADT, HPET (ACPI 6.5, chapter 5). Every length is checked against the bytes at
/// hand, every table read is summed, and every loop goes forward: damage ends in an error.
/// </summary>
public static class AcpiReader
{
    // 5.2.5.3, 5.2.6
    private const int OldRsdpSize = 20, RsdpSize = 36, HeaderSize = 36;
    private const uint MaxTableSize = 1 << 20;

    // Signatures as little-endian numbers.
    private const ulong RsdPtr = 0x2052_5450_2044_5352; // "RSD PTR "
    private const uint Rsdt = 0x5444_5352, Xsdt = 0x5444_5358, Apic = 0x4349_5041, Facp = 0x5043_4146, HpetSignature = 0x5445_5048;

    public static AcpiError Read<TMemory>(in TMemory memory, HostPhys rsdp, ref AcpiFacts facts)
        where TMemory : struct, IPhysicalMemory
    {
        facts = default;
        if (rsdp.Value == 0)
            return AcpiError.NoRootPointer;
        if (!memory.TryRead(rsdp, OldRsdpSize, out ReadOnlySpan<byte> pointer)
            || BinaryPrimitives.ReadUInt64LittleEndian(pointer) != RsdPtr || Sum(pointer) != 0)
            return AcpiError.BadRootPointer;
        bool isExtended = pointer[15] >= 2;
        HostPhys root = new(BinaryPrimitives.ReadUInt32LittleEndian(pointer.Slice(16)));
        if (isExtended)
        {
            if (!memory.TryRead(rsdp, RsdpSize, out pointer) || Sum(pointer) != 0)
                return AcpiError.BadRootPointer;
            HostPhys extended = new(BinaryPrimitives.ReadUInt64LittleEndian(pointer.Slice(24)));
            isExtended = extended.Value != 0;
            if (isExtended)
                root = extended;
        }
        if (!TryTable(in memory, root, isExtended ? Xsdt : Rsdt, out ReadOnlySpan<byte> tables))
            return AcpiError.BadRootTable;
        return ReadTables(in memory, tables.Slice(HeaderSize), isExtended ? 8 : 4, ref facts);
    }

    private static AcpiError ReadTables<TMemory>(in TMemory memory, ReadOnlySpan<byte> entries, int entrySize, ref AcpiFacts facts)
        where TMemory : struct, IPhysicalMemory
    {
        bool hasMadt = false;
        for (; entries.Length >= entrySize; entries = entries.Slice(entrySize))
        {
            HostPhys address = new(entrySize == 8
                ? BinaryPrimitives.ReadUInt64LittleEndian(entries) : BinaryPrimitives.ReadUInt32LittleEndian(entries));
            if (address.Value == 0)
                continue;
            if (!memory.TryRead(address, HeaderSize, out ReadOnlySpan<byte> header))
                return AcpiError.BadRootTable;
            uint signature = BinaryPrimitives.ReadUInt32LittleEndian(header);
            if (signature is not (Apic or Facp or HpetSignature))
                continue;
            if (!TryTable(in memory, address, signature, out ReadOnlySpan<byte> table))
                return AcpiError.BadTable;
            AcpiError error = signature switch
            {
                Apic => MadtReader.Read(table, ref facts),
                Facp => ReadFadt(table, ref facts),
                _ => ReadHpet(table, ref facts),
            };
            if (error != AcpiError.None)
                return error;
            hasMadt |= signature == Apic;
        }
        return hasMadt ? AcpiError.None : AcpiError.NoMadt;
    }

    private static bool TryTable<TMemory>(in TMemory memory, HostPhys address, uint signature, out ReadOnlySpan<byte> table)
        where TMemory : struct, IPhysicalMemory
    {
        if (!memory.TryRead(address, HeaderSize, out table))
            return false;
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(table.Slice(4));
        return BinaryPrimitives.ReadUInt32LittleEndian(table) == signature && length is >= HeaderSize and <= MaxTableSize
            && memory.TryRead(address, length, out table) && Sum(table) == 0;
    }

    // 5.2.9: PM_TMR_BLK at 76, PM_TMR_LEN at 91, Flags at 112, RESET_REG at 116, RESET_VALUE at 128, X_PM_TMR_BLK at 208.
    private static AcpiError ReadFadt(ReadOnlySpan<byte> table, ref AcpiFacts facts)
    {
        const uint TimerIs32Bit = 1 << 8, HasReset = 1 << 10, HardwareReduced = 1 << 20;
        if (table.Length < 116)
            return AcpiError.BadTable;
        uint flags = BinaryPrimitives.ReadUInt32LittleEndian(table.Slice(112));
        // 4.8.3.6: a register of 8 bits; one in memory or PCI configuration is passed over.
        if ((flags & HasReset) != 0 && table.Length >= 129 && IsAddress(table.Slice(116), 1, out ulong reset) && reset <= ushort.MaxValue)
            (facts.ResetPort, facts.ResetValue) = ((ushort)reset, table[128]);
        if ((flags & HardwareReduced) != 0 || table[91] != 4)
            return AcpiError.None;
        ulong port = BinaryPrimitives.ReadUInt32LittleEndian(table.Slice(76));
        if (table.Length >= 220 && IsAddress(table.Slice(208), 1, out ulong extended))
            port = extended;
        if (port > ushort.MaxValue - 3)
            return AcpiError.BadTable;
        facts.PmTimerPort = (ushort)port;
        facts.PmTimerIs32Bit = (flags & TimerIs32Bit) != 0;
        return AcpiError.None;
    }

    // IA-PC HPET 1.0a, 3.2.4: the base address at 40.
    private static AcpiError ReadHpet(ReadOnlySpan<byte> table, ref AcpiFacts facts)
    {
        if (table.Length < 56)
            return AcpiError.BadTable;
        if (IsAddress(table.Slice(40), 0, out ulong address) && (address & 7) == 0)
            facts.Hpet = new HostPhys(address);
        return AcpiError.None;
    }

    // Generic address structure (5.2.3.2), in the given address space: 0 memory, 1 I/O.
    private static bool IsAddress(ReadOnlySpan<byte> structure, byte space, out ulong address)
    {
        address = BinaryPrimitives.ReadUInt64LittleEndian(structure.Slice(4));
        return structure[0] == space && address != 0;
    }

    private static byte Sum(ReadOnlySpan<byte> bytes)
    {
        byte sum = 0;
        for (int i = 0; i < bytes.Length; i++)
            sum += bytes[i];
        return sum;
    }
}
