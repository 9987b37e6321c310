using System;
using System.Buffers.Binary;
using System.IO;
using System.Text;

namespace Bulkhead.Tests.Core;

/// <summary>Writes a flattened device tree (Devicetree Specification v0.4, chapter 5).</summary>
internal sealed class TreeBuilder
{
    private readonly MemoryStream _structure = new();
    private readonly MemoryStream _strings = new();

    public TreeBuilder Begin(string name)
    {
        Word(1);
        _structure.Write(Encoding.ASCII.GetBytes(name + "\0"));
        Pad();
        return this;
    }

    public TreeBuilder End()
    {
        Word(2);
        return this;
    }

    public TreeBuilder Nop()
    {
        Word(4);
        return this;
    }

    public TreeBuilder Cells(string name, params uint[] cells)
    {
        byte[] value = new byte[cells.Length * 4];
        for (int i = 0; i < cells.Length; i++)
            BinaryPrimitives.WriteUInt32BigEndian(value.AsSpan(i * 4), cells[i]);
        return Property(name, value);
    }

    public TreeBuilder Text(string name, string value) => Property(name, Encoding.ASCII.GetBytes(value + "\0"));

    public TreeBuilder Property(string name, byte[] value)
    {
        Word(3);
        Word((uint)value.Length);
        Word((uint)_strings.Length);
        _strings.Write(Encoding.ASCII.GetBytes(name + "\0"));
        _structure.Write(value);
        Pad();
        return this;
    }

    public byte[] Build()
    {
        Word(9);
        byte[] structure = _structure.ToArray();
        byte[] strings = _strings.ToArray();
        int stringsAt = 40 + 16 + structure.Length;
        byte[] tree = new byte[stringsAt + strings.Length];
        uint[] header =
        [
            0xd00dfeed, (uint)tree.Length, 56, (uint)stringsAt, 40, 17, 16, 0, (uint)strings.Length, (uint)structure.Length,
        ];
        for (int i = 0; i < header.Length; i++)
            BinaryPrimitives.WriteUInt32BigEndian(tree.AsSpan(i * 4), header[i]);
        structure.CopyTo(tree, 56);
        strings.CopyTo(tree, stringsAt);
        return tree;
    }

    private void Word(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        _structure.Write(bytes);
    }

    private void Pad()
    {
        while (_structure.Length % 4 != 0)
            _structure.WriteByte(0);
    }
}
