using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace Bulkhead.Tests.Firmware;

/// <summary>A PC's ACPI tables, well formed; each piece lies alone in memory.</summary>
public sealed class AcpiBuilder
{
    public const ulong Rsdp = 0xf5b70, Root = 0x7fe_0000, First = 0x7fe_1000;

    private readonly List<byte[]> _tables = [];
    private readonly List<byte> _madt = [];

    /// <summary>4: an RSDT behind a root pointer of revision 0. 8: an XSDT.</summary>
    public int EntrySize { get; init; } = 8;

    public static byte[] Sealed(byte[] bytes, int at)
    {
        bytes[at] = 0;
        bytes[at] = (byte)-bytes.Sum(value => value);
        return bytes;
    }

    public AcpiBuilder Entry(params byte[] body)
    {
        _madt.AddRange(body);
        return this;
    }

    public AcpiBuilder Cpu(byte id, uint flags = 1) => Entry([0, 8, id, id, .. Bytes(flags)]);

    public AcpiBuilder X2Cpu(uint id, uint flags = 1) => Entry([9, 16, 0, 0, .. Bytes(id), .. Bytes(flags), .. Bytes(id)]);

    public AcpiBuilder IoApic(uint address, uint gsi) => Entry([1, 12, 0, 0, .. Bytes(address), .. Bytes(gsi)]);

    public AcpiBuilder Override(byte irq, uint gsi, ushort flags) => Entry([2, 10, 0, irq, .. Bytes(gsi), (byte)flags, (byte)(flags >> 8)]);

    public AcpiBuilder Table(string signature, byte[] body)
    {
        byte[] table = [.. Encoding.ASCII.GetBytes(signature), .. Bytes((uint)body.Length + 36), 1, 0, .. "BULK  TEST    "u8, .. new byte[12], .. body];
        _tables.Add(Sealed(table, 9));
        return this;
    }

    /// <param name="reset">The reset register's address; its value is 0x0f.</param>
    /// <param name="resetSpace">0 memory, 1 I/O, 2 PCI configuration.</param>
    public AcpiBuilder Fadt(uint port, ulong extendedPort = 0, uint flags = 0, byte timerLength = 4, ulong reset = 0, byte resetSpace = 1)
    {
        byte[] body = new byte[244 - 36];
        BinaryPrimitives.WriteUInt32LittleEndian(body.AsSpan(76 - 36), port);
        body[91 - 36] = timerLength;
        BinaryPrimitives.WriteUInt32LittleEndian(body.AsSpan(112 - 36), flags);
        body[116 - 36] = resetSpace;
        BinaryPrimitives.WriteUInt64LittleEndian(body.AsSpan(120 - 36), reset);
        body[128 - 36] = 0x0f;
        body[208 - 36] = 1;
        BinaryPrimitives.WriteUInt64LittleEndian(body.AsSpan(212 - 36), extendedPort);
        return Table("FACP", body);
    }

    public AcpiBuilder Hpet(ulong address)
    {
        byte[] body = new byte[56 - 36];
        BinaryPrimitives.WriteUInt64LittleEndian(body.AsSpan(44 - 36), address);
        return Table("HPET", body);
    }

    public AcpiBuilder Madt(uint localApic) => Table("APIC", [.. Bytes(localApic), .. Bytes(1u), .. _madt]);

    public MemoryPieces Build()
    {
        MemoryPieces memory = new();
        byte[] entries = [.. _tables.SelectMany((_, i) => BitConverter.GetBytes(First + (ulong)i * 0x1000).Take(EntrySize))];
        byte[] root = [.. EntrySize == 8 ? "XSDT"u8 : "RSDT"u8, .. Bytes((uint)entries.Length + 36), 1, 0, .. "BULK  TEST    "u8, .. new byte[12], .. entries];
        byte[] pointer = [.. "RSD PTR "u8, 0, .. "BULK  "u8, (byte)(EntrySize == 8 ? 2 : 0), .. Bytes((uint)Root)];
        Sealed(pointer, 8);
        if (EntrySize == 8)
            pointer = Sealed([.. pointer, .. Bytes(36u), .. BitConverter.GetBytes(Root), 0, 0, 0, 0], 32);
        memory.Add(Rsdp, pointer).Add(Root, Sealed(root, 9));
        for (int i = 0; i < _tables.Count; i++)
            memory.Add(First + (ulong)i * 0x1000, _tables[i]);
        return memory;
    }

    private static byte[] Bytes(uint value) => BitConverter.GetBytes(value);
}
