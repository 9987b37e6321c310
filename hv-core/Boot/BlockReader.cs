using System;
using System.Runtime.CompilerServices;
using Bulkhead.Partitions;

namespace Bulkhead.Boot;

/// <summary>Bytes of a disk, wherever they begin and end.</summary>
public static class BlockReader
{
    private const int Block = IBlockDevice.BlockSize;

    /// <returns>False when the range is not inside the disk, the room is shorter, or the disk could not be read.</returns>
    public static bool TryRead<TDevice>(ref TDevice device, ImageRange range, Span<byte> room)
        where TDevice : struct, IBlockDevice
    {
        ulong size = device.BlockCount * Block;
        if (range.Offset > size || range.Size > size - range.Offset || range.Size > (ulong)(uint)room.Length)
            return false;
        room = room.Slice(0, (int)range.Size);
        ulong block = range.Offset / Block;
        int skip = (int)(range.Offset % Block);
        if (skip != 0 || room.Length < Block)
        {
            int piece = Math.Min(Block - skip, room.Length);
            if (!TryPiece(ref device, block++, skip, room.Slice(0, piece)))
                return false;
            room = room.Slice(piece);
        }
        int whole = room.Length / Block * Block;
        if (whole != 0 && !device.TryRead(block, room.Slice(0, whole)))
            return false;
        return whole == room.Length || TryPiece(ref device, block + (ulong)(uint)(whole / Block), 0, room.Slice(whole));
    }

    private static bool TryPiece<TDevice>(ref TDevice device, ulong block, int skip, Span<byte> room)
        where TDevice : struct, IBlockDevice
    {
        if (room.Length == 0)
            return true;
        Unsafe.SkipInit(out BlockBytes bytes);
        if (!device.TryRead(block, bytes.All))
            return false;
        bytes.All.Slice(skip, room.Length).CopyTo(room);
        return true;
    }
}
