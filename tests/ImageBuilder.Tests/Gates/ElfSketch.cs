using System.Buffers.Binary;
using System.Text;
using Bulkhead.BuildGates;

namespace Bulkhead.ImageBuilder.Tests.Gates;

/// <summary>A small ELF file: one executable section at 0x1000, its symbols, one segment.</summary>
internal sealed class ElfSketch
{
    private const int Header = 64, Code = Header + 56;

    private readonly List<(string Name, ulong Value, ulong Size, int Type, int Section)> _symbols = [("", 0, 0, 0, 0)];

    public uint[] Words { get; init; } = [0xd65f03c0];

    public ElfMachine Machine { get; init; } = ElfMachine.Arm64;

    /// <summary>p_flags: read and execute.</summary>
    public uint Flags { get; init; } = 5;

    public ElfSketch Function(string name, int word, int words, int bytes = 0) => Symbol(name, word, words * 4 + bytes, type: 2, section: 1);

    public ElfSketch Label(string name, int word) => Symbol(name, word, 0, type: 0, section: 1);

    public ElfSketch Undefined(string name) => Symbol(name, 0, 0, type: 0, section: 0);

    public ElfFile Open() => new(Bytes(), "sketch.elf");

    public byte[] Bytes()
    {
        byte[] strings = [.. _symbols.SelectMany(symbol => Encoding.UTF8.GetBytes(symbol.Name + "\0"))];
        int symbolTable = Code + Words.Length * 4, stringTable = symbolTable + _symbols.Count * 24, sections = stringTable + strings.Length;
        byte[] file = new byte[sections + 4 * 64];
        "\u007fELF\u0002\u0001\u0001"u8.CopyTo(file);
        Half(file, 18, (ushort)Machine);
        Long(file, 32, Header);
        Long(file, 40, (ulong)sections);
        Half(file, 56, 1);
        Half(file, 60, 4);
        Word(file, Header, 1);
        Word(file, Header + 4, Flags);
        Long(file, Header + 16, 0x1000);
        Long(file, Header + 40, (ulong)Words.Length * 4);
        for (int i = 0; i < Words.Length; i++)
            Word(file, Code + i * 4, Words[i]);
        int name = 0;
        for (int i = 0; i < _symbols.Count; i++)
        {
            int row = symbolTable + i * 24;
            Word(file, row, (uint)name);
            file[row + 4] = (byte)_symbols[i].Type;
            Half(file, row + 6, (ushort)_symbols[i].Section);
            Long(file, row + 8, _symbols[i].Value);
            Long(file, row + 16, _symbols[i].Size);
            name += Encoding.UTF8.GetByteCount(_symbols[i].Name) + 1;
        }
        strings.CopyTo(file, stringTable);
        Section(file, sections + 64, 1, 6, 0x1000, Code, Words.Length * 4, 0);
        Section(file, sections + 128, 2, 0, 0, symbolTable, _symbols.Count * 24, 3);
        Section(file, sections + 192, 3, 0, 0, stringTable, strings.Length, 0);
        return file;
    }

    private ElfSketch Symbol(string name, int word, int size, int type, int section)
    {
        _symbols.Add((name, section == 0 ? 0 : 0x1000 + (ulong)word * 4, (ulong)size, type, section));
        return this;
    }

    private static void Section(byte[] file, int row, uint type, ulong flags, ulong address, int offset, int size, uint link)
    {
        Word(file, row + 4, type);
        Long(file, row + 8, flags);
        Long(file, row + 16, address);
        Long(file, row + 24, (ulong)offset);
        Long(file, row + 32, (ulong)size);
        Word(file, row + 40, link);
    }

    private static void Half(byte[] file, int offset, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(offset), value);

    private static void Word(byte[] file, int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(offset), value);

    private static void Long(byte[] file, int offset, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(offset), value);
}
