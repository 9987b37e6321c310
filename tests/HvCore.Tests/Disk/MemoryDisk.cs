using System;
using Bulkhead.Boot;

namespace Bulkhead.Tests.Disk;

/// <summary>A disk in memory; blocks may be unreadable.</summary>
public struct MemoryDisk(byte[] bytes) : IBlockDevice
{
    public readonly byte[] Bytes => bytes;
    public int Reads;
    public ulong? BadBlock;

    public readonly ulong BlockCount => (ulong)bytes.Length / IBlockDevice.BlockSize;

    public bool TryRead(ulong block, Span<byte> room)
    {
        Reads++;
        ulong blocks = (ulong)room.Length / IBlockDevice.BlockSize;
        if (room.Length % IBlockDevice.BlockSize != 0 || block > BlockCount || blocks > BlockCount - block)
            return false;
        if (BadBlock is { } bad && bad >= block && bad < block + blocks)
            return false;
        bytes.AsSpan((int)block * IBlockDevice.BlockSize, room.Length).CopyTo(room);
        return true;
    }
}
