using System.Buffers.Binary;
using System.Text;

namespace Bulkhead.ImageBuilder.Formats;

/// <summary>The root's children in a flattened device tree (Devicetree Specification 0.4, chapter 5): name, and what `reg` says in two cells each.</summary>
public static class DeviceTreeNodes
{
    private const int HeaderSize = 40;
    private const uint Magic = 0xd00dfeed;
    private const uint BeginNode = 1, EndNode = 2, Property = 3, Nop = 4;

    /// <summary>As many as can be read: a damaged tree has fewer.</summary>
    public static IReadOnlyList<(string Name, IReadOnlyList<(ulong Base, ulong Size)> Registers)> Read(ReadOnlySpan<byte> tree)
    {
        List<(string, IReadOnlyList<(ulong, ulong)>)> nodes = [];
        if (tree.Length < HeaderSize || Word(tree, 0) != Magic)
            return nodes;
        uint at = Word(tree, 8), strings = Word(tree, 12);
        int depth = 0;
        while (TryWord(tree, ref at, out uint token))
        {
            switch (token)
            {
                case BeginNode when TryText(tree, at, out string name):
                    at = Aligned(at + (uint)name.Length + 1);
                    if (++depth == 2)
                        nodes.Add((name, []));
                    break;
                case EndNode:
                    depth--;
                    break;
                case Property when TryWord(tree, ref at, out uint size) && TryWord(tree, ref at, out uint nameAt)
                    && at <= tree.Length && size <= tree.Length - at:
                    if (depth == 2 && TryText(tree, (ulong)strings + nameAt, out string property) && property == "reg")
                        nodes[^1] = (nodes[^1].Item1, Ranges(tree.Slice((int)at, (int)size)));
                    at = Aligned(at + size);
                    break;
                case Nop:
                    break;
                default:
                    return nodes;
            }
        }
        return nodes;
    }

    private static (ulong, ulong)[] Ranges(ReadOnlySpan<byte> value)
    {
        (ulong, ulong)[] ranges = new (ulong, ulong)[value.Length / 16];
        for (int i = 0; i < ranges.Length; i++)
            ranges[i] = (BinaryPrimitives.ReadUInt64BigEndian(value[(i * 16)..]), BinaryPrimitives.ReadUInt64BigEndian(value[(i * 16 + 8)..]));
        return ranges;
    }

    private static bool TryText(ReadOnlySpan<byte> tree, ulong at, out string text)
    {
        text = "";
        if (at >= (ulong)tree.Length)
            return false;
        int length = tree[(int)at..].IndexOf((byte)0);
        if (length < 0)
            return false;
        text = Printable.Text(Encoding.ASCII.GetString(tree.Slice((int)at, length)));
        return true;
    }

    private static bool TryWord(ReadOnlySpan<byte> tree, ref uint at, out uint word)
    {
        word = 0;
        if (at > tree.Length - 4)
            return false;
        word = Word(tree, (int)at);
        at += 4;
        return true;
    }

    private static uint Word(ReadOnlySpan<byte> tree, int at) => BinaryPrimitives.ReadUInt32BigEndian(tree[at..]);

    private static uint Aligned(uint at) => at + 3 & ~3u;
}
