using System;
using System.Buffers.Binary;
using Bulkhead.Memory;

namespace Bulkhead.X86.Firmware;

/// <summary>The MADT's CPUs and interrupt controllers (ACPI 6.5, 5.2.12), of a table whose sum is right.</summary>
internal static class MadtReader
{
    private const int FirstEntry = 44;
    private const byte LocalApic = 0, IoApic = 1, InterruptOverride = 2, LocalApicAddress = 5, LocalX2Apic = 9;
    private const uint Enabled = 1;

    public static AcpiError Read(ReadOnlySpan<byte> table, ref AcpiFacts facts)
    {
        if (table.Length < FirstEntry)
            return AcpiError.BadTable;
        facts.LocalApic = new HostPhys(BinaryPrimitives.ReadUInt32LittleEndian(table.Slice(36)));
        for (table = table.Slice(FirstEntry); table.Length >= 2; table = table.Slice(table[1]))
        {
            if (table[1] < 2 || table[1] > table.Length)
                return AcpiError.BadTable;
            AcpiError error = ReadEntry(table.Slice(0, table[1]), ref facts);
            if (error != AcpiError.None)
                return error;
        }
        return AcpiError.None;
    }

    private static AcpiError ReadEntry(ReadOnlySpan<byte> entry, ref AcpiFacts facts)
    {
        switch (entry[0])
        {
            case LocalApic when entry.Length >= 8:
                return AddCpu(ref facts, entry[3], BinaryPrimitives.ReadUInt32LittleEndian(entry.Slice(4)));
            case LocalX2Apic when entry.Length >= 16:
                return AddCpu(ref facts, BinaryPrimitives.ReadUInt32LittleEndian(entry.Slice(4)), BinaryPrimitives.ReadUInt32LittleEndian(entry.Slice(8)));
            case IoApic when entry.Length >= 12:
                if (facts.IoApicCount == AcpiFacts.MaxIoApics)
                    return AcpiError.TooMany;
                facts.IoApic[facts.IoApicCount].Address = new HostPhys(BinaryPrimitives.ReadUInt32LittleEndian(entry.Slice(4)));
                facts.IoApic[facts.IoApicCount++].FirstGsi = BinaryPrimitives.ReadUInt32LittleEndian(entry.Slice(8));
                return AcpiError.None;
            case InterruptOverride when entry.Length >= 10:
                if (facts.OverrideCount == AcpiFacts.MaxOverrides)
                    return AcpiError.TooMany;
                facts.Override[facts.OverrideCount].Gsi = BinaryPrimitives.ReadUInt32LittleEndian(entry.Slice(4));
                facts.Override[facts.OverrideCount++].Flags = BinaryPrimitives.ReadUInt16LittleEndian(entry.Slice(8));
                return AcpiError.None;
            case LocalApicAddress when entry.Length >= 12:
                facts.LocalApic = new HostPhys(BinaryPrimitives.ReadUInt64LittleEndian(entry.Slice(4)));
                return AcpiError.None;
            case LocalApic or LocalX2Apic or IoApic or InterruptOverride or LocalApicAddress:
                return AcpiError.BadTable;
            default:
                return AcpiError.None;
        }
    }

    // Firmware may name one CPU by both kinds of entry.
    private static AcpiError AddCpu(ref AcpiFacts facts, uint id, uint flags)
    {
        if ((flags & Enabled) == 0 || facts.HasCpu(id))
            return AcpiError.None;
        if (facts.CpuCount == AcpiFacts.MaxCpus)
            return AcpiError.TooMany;
        facts.CpuId[facts.CpuCount++] = id;
        return AcpiError.None;
    }
}
