using System.Buffers.Binary;
using System.Text;

namespace Bulkhead.ImageBuilder.Formats;

/// <summary>Writes a flattened device tree (Devicetree Specification 0.4, chapter 5).</summary>
public sealed class DeviceTreeWriter
{
    private const uint BeginNode = 1, EndNode = 2, Property = 3, End = 9;
    private const int HeaderSize = 40;
    private const int ReserveMapSize = 16;

    private readonly MemoryStream _structure = new();
    private readonly MemoryStream _strings = new();
    private readonly Dictionary<string, uint> _stringOffsets = [];

    public DeviceTreeWriter Begin(string name)
    {
        Put(BeginNode);
        Put(name);
        return this;
    }

    public DeviceTreeWriter EndOfNode()
    {
        Put(EndNode);
        return this;
    }

    /// <summary>Writes a property; returns where its value will lie, in bytes from the tree's first.</summary>
    public int Bytes(string name, ReadOnlySpan<byte> value)
    {
        Put(Property);
        Put((uint)value.Length);
        Put(StringOffset(name));
        int offset = HeaderSize + ReserveMapSize + (int)_structure.Position;
        _structure.Write(value);
        Pad();
        return offset;
    }

    public DeviceTreeWriter Empty(string name)
    {
        Bytes(name, []);
        return this;
    }

    public DeviceTreeWriter Text(string name, params ReadOnlySpan<string> values)
    {
        Bytes(name, Encoding.ASCII.GetBytes(string.Concat(values.ToArray().Select(value => value + '\0'))));
        return this;
    }

    public DeviceTreeWriter Cells(string name, params ReadOnlySpan<uint> cells)
    {
        byte[] value = new byte[cells.Length * 4];
        for (int i = 0; i < cells.Length; i++)
            BinaryPrimitives.WriteUInt32BigEndian(value.AsSpan(i * 4), cells[i]);
        Bytes(name, value);
        return this;
    }

    /// <summary>64-bit numbers, two cells each.</summary>
    public DeviceTreeWriter Wide(string name, params ReadOnlySpan<ulong> values)
    {
        byte[] bytes = new byte[values.Length * 8];
        for (int i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(i * 8), values[i]);
        Bytes(name, bytes);
        return this;
    }

    public byte[] Finish()
    {
        Put(End);
        int structureSize = (int)_structure.Length, stringsSize = (int)_strings.Length;
        int stringsOffset = HeaderSize + ReserveMapSize + structureSize;
        int total = stringsOffset + stringsSize;
        byte[] tree = new byte[total + 3 & ~3];
        ReadOnlySpan<uint> header =
        [
            0xd00dfeed, (uint)tree.Length, HeaderSize + ReserveMapSize, (uint)stringsOffset, HeaderSize,
            17, 16, 0, (uint)stringsSize, (uint)structureSize,
        ];
        for (int i = 0; i < header.Length; i++)
            BinaryPrimitives.WriteUInt32BigEndian(tree.AsSpan(i * 4), header[i]);
        _structure.ToArray().CopyTo(tree, HeaderSize + ReserveMapSize);
        _strings.ToArray().CopyTo(tree, stringsOffset);
        return tree;
    }

    private uint StringOffset(string name)
    {
        if (_stringOffsets.TryGetValue(name, out uint offset))
            return offset;
        offset = (uint)_strings.Position;
        _strings.Write(Encoding.ASCII.GetBytes(name + '\0'));
        return _stringOffsets[name] = offset;
    }

    private void Put(uint token)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, token);
        _structure.Write(bytes);
    }

    private void Put(string name)
    {
        _structure.Write(Encoding.ASCII.GetBytes(name + '\0'));
        Pad();
    }

    private void Pad()
    {
        while (_structure.Position % 4 != 0)
            _structure.WriteByte(0);
    }
}
