using System.Buffers.Binary;
using System.Text;

namespace Bulkhead.ImageBuilder.Tests.Kernels;

/// <summary>A small x86-64 ELF file in the form of a kernel with a PVH note; what is wrong with it, a test says.</summary>
internal sealed record ElfKernel
{
    public ulong Load { get; init; } = 0x10_0000;
    public byte[] Text { get; init; } = [0xf4, 1, 2, 3];
    public ulong TextMemory { get; init; } = 0x3000;
    public ulong DataLoad { get; init; } = 0x20_0000;
    public ulong DataOffset { get; init; } = 0;
    public uint Entry { get; init; } = 0x10_0000;
    /// <summary>The ELF header's.</summary>
    public ulong FileEntry { get; init; } = 0x10_0001;
    public string NoteName { get; init; } = "Xen";
    public uint NoteType { get; init; } = 18;
    public ushort Machine { get; init; } = 62;
    public byte Class { get; init; } = 2;

    public byte[] Bytes()
    {
        byte[] note = [.. Word(4), .. Word(4), .. Word(1), .. "GNU\0"u8, 1, 2, 3, 4, .. Word((uint)NoteName.Length + 1), .. Word(4), .. Word(NoteType), .. Encoding.ASCII.GetBytes(NoteName.PadRight(4, '\0')), .. Word(Entry)];
        const int Headers = 64 + 3 * 56;
        byte[] file = new byte[Headers + note.Length + Text.Length];
        "\u007fELF"u8.CopyTo(file);
        file[4] = Class;
        file[5] = file[6] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(16), 2);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(18), Machine);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(24), FileEntry);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(32), 64);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(54), 56);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(56), 3);
        Program(file, 0, 4, Headers, 0, (ulong)note.Length, (ulong)note.Length);
        Program(file, 1, 1, (ulong)(Headers + note.Length), Load, (ulong)Text.Length, TextMemory);
        Program(file, 2, 1, DataOffset, DataLoad, 8, 8);
        note.CopyTo(file, Headers);
        Text.CopyTo(file, Headers + note.Length);
        return file;
    }

    private static void Program(byte[] file, int index, uint type, ulong offset, ulong load, ulong stored, ulong memory)
    {
        Span<byte> header = file.AsSpan(64 + index * 56);
        BinaryPrimitives.WriteUInt32LittleEndian(header, type);
        BinaryPrimitives.WriteUInt64LittleEndian(header[8..], offset);
        BinaryPrimitives.WriteUInt64LittleEndian(header[24..], load);
        BinaryPrimitives.WriteUInt64LittleEndian(header[32..], stored);
        BinaryPrimitives.WriteUInt64LittleEndian(header[40..], memory);
    }

    private static byte[] Word(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }
}
