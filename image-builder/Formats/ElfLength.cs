using System.Buffers.Binary;

namespace Bulkhead.ImageBuilder.Formats;

/// <summary>Where a 64-bit ELF file ends that lies at the beginning of a larger room (gABI 4.1, chapters 4 and 5).</summary>
public static class ElfLength
{
    private const uint Magic = 0x464c_457f, NoBits = 8;
    private const int HeaderSize = 64;

    /// <summary>Null when there is no ELF file, or the room ends first.</summary>
    public static int? Of(ReadOnlySpan<byte> room)
    {
        if (room.Length < HeaderSize || BinaryPrimitives.ReadUInt32LittleEndian(room) != Magic)
            return null;
        ulong sections = BinaryPrimitives.ReadUInt64LittleEndian(room[40..]);
        ushort size = BinaryPrimitives.ReadUInt16LittleEndian(room[58..]), count = BinaryPrimitives.ReadUInt16LittleEndian(room[60..]);
        if (size < HeaderSize || sections > (ulong)room.Length || (ulong)size * count > (ulong)room.Length - sections)
            return null;
        // The section headers, and all sections that take room in the file.
        ulong end = sections + (ulong)size * count;
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> header = room.Slice((int)sections + i * size, HeaderSize);
            ulong offset = BinaryPrimitives.ReadUInt64LittleEndian(header[24..]), length = BinaryPrimitives.ReadUInt64LittleEndian(header[32..]);
            if (BinaryPrimitives.ReadUInt32LittleEndian(header[4..]) == NoBits)
                continue;
            if (offset > (ulong)room.Length || length > (ulong)room.Length - offset)
                return null;
            end = Math.Max(end, offset + length);
        }
        return (int)end;
    }
}
