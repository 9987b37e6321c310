using System;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bulkhead.Diagnostics;
using Bulkhead.Memory;
using Bulkhead.Partitions;

namespace Bulkhead.Boot;

/// <summary>
/// Reads the few facts the hypervisor compares out of a flattened device tree (Devicetree Specification v0.4,
/// chapter 5). Every step is checked against the bytes at hand and goes forward, so damage ends in an error.
/// </summary>
public ref struct DeviceTreeReader
{
    /// <summary>Bytes of the header (5.2): what must be mapped before the whole size is known.</summary>
    public const int HeaderSize = 40;
    /// <summary>No tree is larger (Linux' arm64 limit, Documentation/arch/arm64/booting.rst, section 2).</summary>
    public const int MaxSize = 2 << 20;

    private const uint Magic = 0xd00dfeed;
    private const uint Version = 17;
    private const int MaxDepth = 16;

    // 5.4.1
    private const uint FDT_BEGIN_NODE = 1;
    private const uint FDT_END_NODE = 2;
    private const uint FDT_PROP = 3;
    private const uint FDT_NOP = 4;
    private const uint FDT_END = 9;

    private readonly ReadOnlySpan<byte> _structure;
    private readonly ReadOnlySpan<byte> _strings;
    private int _at;
    private int _depth;
    private Levels _levels;

    [InlineArray(MaxDepth)]
    private struct Levels
    {
        private DeviceTreeLevel _first;
    }

    private DeviceTreeReader(ReadOnlySpan<byte> structure, ReadOnlySpan<byte> strings)
    {
        _structure = structure;
        _strings = strings;
    }

    /// <summary>The size of the tree that begins with these bytes; 0 if there is none.</summary>
    public static int SizeOf(ReadOnlySpan<byte> header)
    {
        if (header.Length < HeaderSize || Word(header, 0) != Magic)
            return 0;
        uint size = Word(header, 4);
        return size is >= HeaderSize and <= MaxSize ? (int)size : 0;
    }

    public static DeviceTreeError Read(ReadOnlySpan<byte> tree, ref DeviceTreeFacts facts)
    {
        facts = default;
        if (tree.Length < HeaderSize || Word(tree, 0) != Magic)
            return DeviceTreeError.NoTree;
        int size = SizeOf(tree);
        if (size == 0 || size > tree.Length)
            return DeviceTreeError.BadHeader;
        tree = tree.Slice(0, size);
        // totalsize, off_dt_struct, off_dt_strings, off_mem_rsvmap, version, last_comp_version, boot_cpuid_phys,
        // size_dt_strings, size_dt_struct
        uint structure = Word(tree, 8);
        uint strings = Word(tree, 12);
        uint stringsSize = Word(tree, 32);
        uint structureSize = Word(tree, 36);
        if (Word(tree, 20) < Version || Word(tree, 24) > Version || structure % 4 != 0
            || !IsInside(structure, structureSize, size) || !IsInside(strings, stringsSize, size))
            return DeviceTreeError.BadHeader;
        DeviceTreeReader reader = new(
            tree.Slice((int)structure, (int)structureSize), tree.Slice((int)strings, (int)stringsSize));
        return reader.Walk(ref facts);
    }

    private static bool IsInside(uint offset, uint length, int size) =>
        offset <= (uint)size && length <= (uint)size - offset;

    // 5.4.2: a node is BEGIN, name, properties, nodes, END. _depth counts the nodes that are open.
    private DeviceTreeError Walk(ref DeviceTreeFacts facts)
    {
        bool propertiesAllowed = false;
        while (true)
        {
            if (!TryWord(out uint token))
                return DeviceTreeError.BadStructure;
            switch (token)
            {
                case FDT_NOP:
                    break;
                case FDT_BEGIN_NODE:
                    if (_depth == MaxDepth)
                        return DeviceTreeError.TooDeep;
                    if (propertiesAllowed)
                        Conclude(ref facts);
                    if (!Begin())
                        return DeviceTreeError.BadStructure;
                    propertiesAllowed = true;
                    break;
                case FDT_PROP:
                    if (!propertiesAllowed || !TryProperty(out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value))
                        return DeviceTreeError.BadStructure;
                    Property(ref facts, name, value);
                    break;
                case FDT_END_NODE:
                    if (_depth == 0)
                        return DeviceTreeError.BadStructure;
                    if (propertiesAllowed)
                        Conclude(ref facts);
                    propertiesAllowed = false;
                    _depth--;
                    break;
                case FDT_END:
                    return _depth == 0 ? DeviceTreeError.None : DeviceTreeError.BadStructure;
                default:
                    return DeviceTreeError.BadStructure;
            }
        }
    }

    private bool Begin()
    {
        if (!TryText(out ReadOnlySpan<byte> name))
            return false;
        DeviceTreeNode kind = DeviceTreeNode.Other;
        if (_depth == 0)
            kind = DeviceTreeNode.Root;
        else if (_depth == 1 && name.SequenceEqual("chosen"u8))
            kind = DeviceTreeNode.Chosen;
        else if (_depth == 1 && name.SequenceEqual("cpus"u8))
            kind = DeviceTreeNode.Cpus;
        else if (_depth == 2 && Level(1).Kind == DeviceTreeNode.Cpus && StartsWith(name, "cpu@"u8))
            kind = DeviceTreeNode.Cpu;
        else if (_depth == 1 && (StartsWith(name, "memory@"u8) || name.SequenceEqual("memory"u8)))
            kind = DeviceTreeNode.Memory;
        ref DeviceTreeLevel level = ref Level(_depth++);
        level = default;
        level.Kind = kind;
        // 2.3.5: what a node's children use, unless it says otherwise.
        level.AddressCells = 2;
        level.SizeCells = 1;
        level.IsIdentity = kind == DeviceTreeNode.Root;
        return true;
    }

    // In the order of Property's cases: what every device has comes first.
    private static ReadOnlySpan<byte> PropertyNames =>
        "reg\0"u8 +
        "interrupts\0"u8 +
        "compatible\0"u8 +
        "status\0"u8 +
        "#address-cells\0"u8 +
        "#size-cells\0"u8 +
        "ranges\0"u8 +
        "linux,initrd-start\0"u8 +
        "linux,initrd-end\0"u8;

    // Their lengths, a bit each: most other names have another.
    private const uint PropertyLengths = 1u << 3 | 1u << 6 | 1u << 10 | 1u << 11 | 1u << 14 | 1u << 16 | 1u << 18;

    private void Property(ref DeviceTreeFacts facts, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (name.Length > 31 || (PropertyLengths >> name.Length & 1) == 0)
            return;
        ref DeviceTreeLevel level = ref Level(_depth - 1);
        switch (TextList.Find(PropertyNames, name))
        {
            case 0:
                level.RegOffset = OffsetOf(value);
                level.RegSize = value.Length;
                break;
            case 1:
                level.IntId = IntIdOf(value);
                break;
            case 2:
                // 2.3.1: a list of texts, each with its zero.
                level.IsPl011 = TextList.Find(value, "arm,pl011"u8) >= 0;
                level.IsGicV3 = TextList.Find(value, "arm,gic-v3"u8) >= 0;
                break;
            case 3:
                level.IsDisabled = TextList.Find(value, "okay"u8) < 0 && TextList.Find(value, "ok"u8) < 0;
                break;
            case 4:
                level.AddressCells = Cells(value);
                break;
            case 5:
                level.SizeCells = Cells(value);
                break;
            case 6:
                // 2.3.8: an empty one says that the children's addresses are the parent's.
                level.IsIdentity = value.IsEmpty && _depth > 1 && Level(_depth - 2).IsIdentity;
                break;
            case 7 when level.Kind == DeviceTreeNode.Chosen:
                facts.InitrdStart = new(Number(value));
                break;
            case 8 when level.Kind == DeviceTreeNode.Chosen:
                facts.InitrdEnd = new(Number(value));
                break;
        }
    }

    // The node's properties are all read.
    private void Conclude(ref DeviceTreeFacts facts)
    {
        ref readonly DeviceTreeLevel level = ref Level(_depth - 1);
        if (level.Kind == DeviceTreeNode.Chosen)
            facts.HasInitrd = facts.InitrdStart.Value < facts.InitrdEnd.Value;
        if (_depth < 2 || level.IsDisabled || level.RegSize == 0)
            return;
        ref readonly DeviceTreeLevel parent = ref Level(_depth - 2);
        ReadOnlySpan<byte> reg = _structure.Slice(level.RegOffset, level.RegSize);
        if (level.Kind == DeviceTreeNode.Cpu)
        {
            // 3.8.1; for arm64 the affinity fields of MPIDR_EL1 (Linux, bindings/arm/cpus.yaml).
            if (parent.AddressCells is 1 or 2 && reg.Length >= parent.AddressCells * 4 && facts.CpuCount < DeviceTreeFacts.MaxCpus)
                facts.CpuId[facts.CpuCount++] = Number(reg.Slice(0, parent.AddressCells * 4));
            return;
        }
        // Anything behind a bus that translates has other addresses than its reg says.
        if (!parent.IsIdentity || parent.AddressCells is not (1 or 2) || parent.SizeCells is not (1 or 2))
            return;
        HostRange range = default;
        if (level.Kind == DeviceTreeNode.Memory)
        {
            for (int i = 0; facts.MemoryCount < DeviceTreeFacts.MaxMemory && TryRange(reg, i, in parent, ref range); i++)
                facts.Memory[facts.MemoryCount++] = range;
        }
        else if (level.IsGicV3)
        {
            // bindings/interrupt-controller/arm,gic-v3.yaml: GICD, then the GICR regions.
            if (facts.HasGic || !TryRange(reg, 0, in parent, ref range))
                return;
            HostRange gicr = default;
            if (!TryRange(reg, 1, in parent, ref gicr))
                return;
            facts.Gicd = range.Base;
            facts.Gicr = gicr.Base;
            facts.HasGic = true;
        }
        else if (level.IsPl011 && facts.UartCount < DeviceTreeFacts.MaxUarts && TryRange(reg, 0, in parent, ref range))
        {
            facts.Uart[facts.UartCount].Base = range.Base;
            facts.Uart[facts.UartCount++].IntId = level.IntId;
        }
    }

    private static bool TryRange(ReadOnlySpan<byte> reg, int index, in DeviceTreeLevel parent, ref HostRange range)
    {
        int addressBytes = parent.AddressCells * 4;
        int sizeBytes = parent.SizeCells * 4;
        int offset = index * (addressBytes + sizeBytes);
        if (reg.Length - offset < addressBytes + sizeBytes)
            return false;
        range.Base = new(Number(reg.Slice(offset, addressBytes)));
        range.Size = Number(reg.Slice(offset + addressBytes, sizeBytes));
        return true;
    }

    [UnscopedRef, MethodImpl(MethodImplOptions.NoInlining)]
    private ref DeviceTreeLevel Level(int depth) => ref _levels[depth];

    // One cell, or 0xff if there is none or it is out of reason: no address is read with so many.
    private static byte Cells(ReadOnlySpan<byte> value) =>
        value.Length == 4 && Word(value, 0) < 16 ? (byte)Word(value, 0) : (byte)0xff;

    // bindings/interrupt-controller/arm,gic-v3.yaml: type 0 is SPI, then its number from INTID 32 on.
    private static uint IntIdOf(ReadOnlySpan<byte> value)
    {
        if (value.Length < 12 || Word(value, 0) != 0 || Word(value, 4) > 987)
            return 0;
        return Word(value, 4) + 32;
    }

    // A number of one or two cells; 0 if it has another size.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong Number(ReadOnlySpan<byte> value) => value.Length switch
    {
        4 => Word(value, 0),
        8 => BinaryPrimitives.ReadUInt64BigEndian(value),
        _ => 0,
    };

    private static bool StartsWith(ReadOnlySpan<byte> text, ReadOnlySpan<byte> start) =>
        text.Length >= start.Length && text.Slice(0, start.Length).SequenceEqual(start);

    private readonly int OffsetOf(ReadOnlySpan<byte> value) => _at - (value.Length + 3) / 4 * 4;

    private bool TryWord(out uint word)
    {
        word = 0;
        if (_structure.Length - _at < 4)
            return false;
        word = Word(_structure, _at);
        _at += 4;
        return true;
    }

    // A zero-ended text in the structure block, and the padding after it.
    private bool TryText(out ReadOnlySpan<byte> text)
    {
        text = default;
        for (int end = _at; end < _structure.Length; end++)
        {
            if (_structure[end] != 0)
                continue;
            text = _structure.Slice(_at, end - _at);
            return TrySkip(end + 1 - _at);
        }
        return false;
    }

    // 5.4.1, FDT_PROP: len, nameoff, value, padding.
    private bool TryProperty(out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        name = default;
        value = default;
        if (!TryWord(out uint length) || !TryWord(out uint nameOffset))
            return false;
        if (length > (uint)(_structure.Length - _at) || nameOffset >= (uint)_strings.Length)
            return false;
        value = _structure.Slice(_at, (int)length);
        ReadOnlySpan<byte> rest = _strings.Slice((int)nameOffset);
        // No name this reader knows is longer than 31 (2.2.4.1).
        for (int i = 0; i < rest.Length && i <= 32; i++)
        {
            if (rest[i] == 0)
            {
                name = rest.Slice(0, i);
                break;
            }
        }
        return TrySkip((int)length);
    }

    private bool TrySkip(int bytes)
    {
        int padded = (bytes + 3) / 4 * 4;
        if (padded > _structure.Length - _at)
            return false;
        _at += padded;
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static uint Word(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32BigEndian(bytes.Slice(offset, 4));
}
