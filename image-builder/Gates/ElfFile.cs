using System.Buffers.Binary;
using System.Text;

namespace Bulkhead.BuildGates;

/// <summary>What the gates need of a little-endian ELF64 file.</summary>
public sealed class ElfFile
{
    private const int HeaderSize = 64, SectionSize = 64, SegmentSize = 56, SymbolSize = 24;
    private const uint SymbolTable = 2;

    private readonly byte[] _bytes;
    private readonly string _name;

    public ElfFile(byte[] bytes, string name)
    {
        _bytes = bytes;
        _name = name;
        ReadOnlySpan<byte> header = At(0, HeaderSize);
        if (!header.StartsWith("\u007fELF\u0002\u0001"u8))
            throw new BadElfException($"{name}: not a little-endian ELF64 file");
        Machine = (ElfMachine)Half(header, 18);
        Segments = Read(Long(header, 32), Half(header, 56), SegmentSize, (_, row) => new ElfSegment(Word(row, 0), Word(row, 4), Long(row, 16), Long(row, 40)));
        Sections = Read(Long(header, 40), Half(header, 60), SectionSize, (index, row) =>
            new ElfSection(index, Word(row, 4), Long(row, 8), Long(row, 16), Long(row, 24), Long(row, 32), Word(row, 40)));
        Symbols = [.. Sections.Where(section => section.Type == SymbolTable).SelectMany(ReadSymbols)];
    }

    private delegate T RowReader<T>(int index, ReadOnlySpan<byte> row);

    public ElfMachine Machine { get; }

    public IReadOnlyList<ElfSegment> Segments { get; }

    public IReadOnlyList<ElfSection> Sections { get; }

    public IReadOnlyList<ElfSymbol> Symbols { get; }

    public static ElfFile Open(string path, ElfMachine machine)
    {
        ElfFile file = new(File.ReadAllBytes(path), Path.GetFileName(path));
        return file.Machine == machine ? file : throw new BadElfException($"{file._name}: not for {machine}");
    }

    public byte[] Content(ElfSection section) => At(section.Offset, section.Size).ToArray();

    private List<ElfSymbol> ReadSymbols(ElfSection table)
    {
        if (table.Link >= Sections.Count)
            throw new BadElfException($"{_name}: its symbol table has no names");
        ElfSection strings = Sections[(int)table.Link];
        return Read(table.Offset, checked((int)(table.Size / SymbolSize)), SymbolSize, (_, row) =>
            new ElfSymbol(Text(strings, Word(row, 0)), Long(row, 8), Long(row, 16), row[4] & 15, Half(row, 6)));
    }

    private string Text(ElfSection strings, uint offset)
    {
        ReadOnlySpan<byte> all = At(strings.Offset, strings.Size);
        if (offset >= all.Length)
            throw new BadElfException($"{_name}: a symbol's name lies outside the string table");
        ReadOnlySpan<byte> rest = all[(int)offset..];
        int end = rest.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? rest : rest[..end]);
    }

    private List<T> Read<T>(ulong offset, int count, int size, RowReader<T> read)
    {
        ReadOnlySpan<byte> table = At(offset, (ulong)count * (ulong)size);
        List<T> rows = new(count);
        for (int i = 0; i < count; i++)
            rows.Add(read(i, table.Slice(i * size, size)));
        return rows;
    }

    private ReadOnlySpan<byte> At(ulong offset, ulong size)
    {
        if (offset > (ulong)_bytes.Length || size > (ulong)_bytes.Length - offset)
            throw new BadElfException($"{_name}: cut short or damaged");
        return _bytes.AsSpan((int)offset, (int)size);
    }

    private static ushort Half(ReadOnlySpan<byte> row, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(row[offset..]);

    private static uint Word(ReadOnlySpan<byte> row, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(row[offset..]);

    private static ulong Long(ReadOnlySpan<byte> row, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(row[offset..]);
}
