using System;
using System.Buffers.Binary;

namespace Bulkhead.Guests;

/// <summary>Just enough of a flattened device tree (Devicetree Specification 0.4, chapter 5) to find our devices.</summary>
internal readonly unsafe ref struct DeviceTree(byte* blob)
{
    private const uint Magic = 0xd00d_feed;
    private const uint BeginNode = 1, EndNode = 2, Property = 3, Nop = 4;
    private const uint SpiType = 0;

    private enum NodeKind
    {
        Other,
        Chosen,
        Uart,
        Gic,
        Memory,
    }

    private static bool s_hasUart;

    private readonly byte* _blob = blob;

    public bool IsValid => ((ulong)_blob & 3) == 0 && Word(_blob) == Magic;

    /// <summary>Addresses and sizes are two cells each, as QEMU and our builder write them.</summary>
    public void ReadPlatform()
    {
        byte* at = _blob + Word(_blob + 8);
        byte* strings = _blob + Word(_blob + 12);
        NodeKind kind = NodeKind.Other;
        byte* reg = null, interrupts = null;
        while (true)
        {
            uint token = Word(at);
            at += 4;
            if (token is BeginNode or EndNode)
            {
                Take(kind, reg, interrupts);        // a node's properties stand before its children
                kind = NodeKind.Other;
                reg = interrupts = null;
                if (token == EndNode)
                    continue;
                ReadOnlySpan<byte> name = Text(at);
                if (name.SequenceEqual("chosen"u8))
                    kind = NodeKind.Chosen;
                else if (name.Length > 7 && name.Slice(0, 7).SequenceEqual("memory@"u8))
                    kind = NodeKind.Memory;
                at = Aligned(at + name.Length + 1);
            }
            else if (token == Property)
            {
                int length = (int)Word(at);
                ReadOnlySpan<byte> name = Text(strings + Word(at + 4));
                byte* value = at + 8;
                at = Aligned(value + length);
                if (name.SequenceEqual("compatible"u8))
                    kind = KindOf(new(value, length), kind);
                else if (name.SequenceEqual("reg"u8) && length >= 16)
                    reg = value;
                else if (name.SequenceEqual("interrupts"u8) && length >= 12)
                    interrupts = value;
                else if (kind == NodeKind.Chosen && name.SequenceEqual("bootargs"u8) && length > 0)
                    Arguments.Set(value, Text(value).Length);
            }
            else if (token != Nop)
            {
                return;
            }
        }
    }

    private static NodeKind KindOf(ReadOnlySpan<byte> compatible, NodeKind otherwise)
    {
        while (compatible.Length != 0)
        {
            int end = 0;
            while (end < compatible.Length && compatible[end] != 0)
                end++;
            ReadOnlySpan<byte> one = compatible.Slice(0, end);
            if (one.SequenceEqual("arm,pl011"u8))
                return NodeKind.Uart;
            if (one.SequenceEqual("arm,gic-v3"u8))
                return NodeKind.Gic;
            compatible = compatible.Slice(end < compatible.Length ? end + 1 : end);
        }
        return otherwise;
    }

    private static void Take(NodeKind kind, byte* reg, byte* interrupts)
    {
        if (reg == null)
            return;
        // The console is the first; a control guest has another.
        if (kind == NodeKind.Uart && !s_hasUart)
        {
            s_hasUart = true;
            Platform.Uart = Address(reg);
            if (interrupts != null && Word(interrupts) == SpiType)
                Platform.UartIntid = 32 + Word(interrupts + 4);
        }
        else if (kind == NodeKind.Gic)
        {
            Platform.Gicd = Address(reg);
            Platform.Gicr = Address(reg + 16);
        }
        else if (kind == NodeKind.Memory)
        {
            Platform.RamBase = Address(reg);
            Platform.RamSize = Address(reg + 8);
        }
    }

    private static uint Word(byte* at) => BinaryPrimitives.ReverseEndianness(*(uint*)at);

    private static ulong Address(byte* at) => (ulong)Word(at) << 32 | Word(at + 4);

    private static byte* Aligned(byte* at) => (byte*)((ulong)(at + 3) & ~3ul);

    private static ReadOnlySpan<byte> Text(byte* at)
    {
        int length = 0;
        while (at[length] != 0)
            length++;
        return new(at, length);
    }
}
