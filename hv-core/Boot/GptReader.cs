using System;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Bulkhead.Partitions;

namespace Bulkhead.Boot;

/// <summary>
/// Finds partitions by name in a GUID partition table (UEFI 2.10, 5.3): by the header at the disk's start, or by the
/// one at its end when the first is damaged.
/// </summary>
public struct GptReader
{
    private const int Block = IBlockDevice.BlockSize;
    private const ulong Signature = 0x5452_4150_2049_4645; // "EFI PART"
    private const uint Revision = 0x1_0000;
    private const uint HeaderSize = 92;
    private const uint MinEntrySize = 128;
    private const uint MaxEntriesSize = 1 << 20;
    // A partition's entry (5.3.3).
    private const int FirstBlock = 32, LastBlock = 40, Name = 56, NameCharacters = 36;

    private ulong _entries;
    private uint _entryCount;
    private uint _entrySize;
    private ulong _firstUsable;
    private ulong _lastUsable;

    /// <summary>False when neither header checks, the checksum of its entries included.</summary>
    public bool TryOpen<TDevice>(ref TDevice device)
        where TDevice : struct, IBlockDevice =>
        device.BlockCount > 2 && (TryOpen(ref device, 1) || TryOpen(ref device, device.BlockCount - 1));

    /// <param name="name">ASCII.</param>
    /// <param name="range">From the disk's first byte.</param>
    /// <returns>False when there is none of that name, or what is there reaches out of the disk.</returns>
    public readonly bool TryFind<TDevice>(ref TDevice device, ReadOnlySpan<byte> name, out ImageRange range)
        where TDevice : struct, IBlockDevice
    {
        range = default;
        Unsafe.SkipInit(out BlockBytes block);
        for (uint i = 0; i < _entryCount; i++)
        {
            // An entry's first 128 bytes never straddle blocks: its size is a power of two.
            ulong at = (ulong)i * _entrySize;
            if ((i == 0 || at % Block == 0) && !device.TryRead(_entries + at / Block, block.All))
                return false;
            ReadOnlySpan<byte> entry = block.All.Slice((int)(at % Block), (int)MinEntrySize);
            ulong first = BinaryPrimitives.ReadUInt64LittleEndian(entry.Slice(FirstBlock));
            ulong last = BinaryPrimitives.ReadUInt64LittleEndian(entry.Slice(LastBlock));
            if (!IsNamed(entry, name))
                continue;
            if (first < _firstUsable || last < first || last > _lastUsable)
                return false;
            range = new ImageRange { Offset = first * Block, Size = (last - first + 1) * Block };
            return true;
        }
        return false;
    }

    private bool TryOpen<TDevice>(ref TDevice device, ulong at)
        where TDevice : struct, IBlockDevice
    {
        Unsafe.SkipInit(out BlockBytes block);
        Span<byte> header = block.All;
        if (!device.TryRead(at, header))
            return false;
        uint size = BinaryPrimitives.ReadUInt32LittleEndian(header.Slice(12));
        if (BinaryPrimitives.ReadUInt64LittleEndian(header) != Signature || BinaryPrimitives.ReadUInt32LittleEndian(header.Slice(8)) != Revision
            || size is < HeaderSize or > Block || BinaryPrimitives.ReadUInt64LittleEndian(header.Slice(24)) != at)
            return false;
        uint sum = BinaryPrimitives.ReadUInt32LittleEndian(header.Slice(16));
        BinaryPrimitives.WriteUInt32LittleEndian(header.Slice(16), 0);
        if (~Crc32.Add(~0u, header.Slice(0, (int)size)) != sum)
            return false;
        _firstUsable = BinaryPrimitives.ReadUInt64LittleEndian(header.Slice(40));
        _lastUsable = BinaryPrimitives.ReadUInt64LittleEndian(header.Slice(48));
        _entries = BinaryPrimitives.ReadUInt64LittleEndian(header.Slice(72));
        _entryCount = BinaryPrimitives.ReadUInt32LittleEndian(header.Slice(80));
        _entrySize = BinaryPrimitives.ReadUInt32LittleEndian(header.Slice(84));
        uint entriesSum = BinaryPrimitives.ReadUInt32LittleEndian(header.Slice(88));
        return _entrySize is >= MinEntrySize and <= 4096 && (_entrySize & (_entrySize - 1)) == 0
            && _entryCount <= MaxEntriesSize / _entrySize && _lastUsable < device.BlockCount
            && SumOfEntries(ref device, block.All, out uint found) && found == entriesSum;
    }

    private readonly bool SumOfEntries<TDevice>(ref TDevice device, Span<byte> room, out uint sum)
        where TDevice : struct, IBlockDevice
    {
        sum = ~0u;
        ulong block = _entries;
        for (uint left = _entryCount * _entrySize; left != 0; block++)
        {
            if (!device.TryRead(block, room))
                return false;
            uint step = Math.Min(left, Block);
            sum = Crc32.Add(sum, room.Slice(0, (int)step));
            left -= step;
        }
        sum = ~sum;
        return true;
    }

    // UTF-16 with zeroes behind it (5.3.3).
    private static bool IsNamed(ReadOnlySpan<byte> entry, ReadOnlySpan<byte> name)
    {
        for (int i = 0; i < NameCharacters; i++)
        {
            uint character = BinaryPrimitives.ReadUInt16LittleEndian(entry.Slice(Name + 2 * i));
            if (i >= name.Length ? character != 0 : character != name[i])
                return false;
            if (i >= name.Length)
                return true;
        }
        return name.Length == NameCharacters;
    }
}
