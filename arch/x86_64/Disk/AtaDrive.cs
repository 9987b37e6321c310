using System;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Bulkhead.Boot;

namespace Bulkhead.X86.Disk;

/// <summary>
/// The first drive of an ATA channel, by PIO and polling (ATA/ATAPI-8 ACS, READ SECTORS EXT 7.25, READ MULTIPLE EXT 7.21,
/// WRITE SECTORS EXT 7.65, FLUSH CACHE EXT 7.11; APT 5.2 and 5.3, PIO data-in and data-out). For one CPU at a time.
/// </summary>
public struct AtaDrive<TPorts> : IBlockDevice
    where TPorts : struct, IAtaPorts
{
    private const ushort Data = 0, SectorCount = 2, LbaLow = 3, LbaMid = 4, LbaHigh = 5, Device = 6, Command = 7, Status = 7;
    private const byte IdentifyDevice = 0xec, SetMultipleMode = 0xc6, ReadSectorsExt = 0x24, ReadMultipleExt = 0x29, WriteSectorsExt = 0x34, FlushCacheExt = 0xea;
    private const byte NoInterrupts = 1 << 1, FirstDevice = 0, LbaMode = 1 << 6;
    // A drive behind this never became ready: many seconds of port reads.
    private const int Patience = 20_000_000;
    // A drive that has given a sector up often reads it after all.
    private const int MostTries = 4;
    // A count of 0 is 65,536.
    private const int MaxSectors = 65_535;

    private readonly ushort _port;
    private readonly ushort _control;
    private ulong _blocks;
    // Sectors that come after one wait: emulators read and answer them in one go.
    private int _multiple;

    /// <param name="port">The command block's first port: 1F0h for the first channel.</param>
    /// <param name="control">Device control and alternate status: 3F6h.</param>
    public AtaDrive(ushort port, ushort control)
    {
        _port = port;
        _control = control;
    }

    public readonly ulong BlockCount => _blocks;

    /// <summary>Finds the drive. False when there is none, or none that has 512-byte sectors and 48-bit addresses.</summary>
    public bool TryIdentify()
    {
        _blocks = 0;
        if (TPorts.In8((ushort)(_port + Status)) == (byte)AtaStatus.Floating)
            return false;
        TPorts.Out8(_control, NoInterrupts);
        TPorts.Out8((ushort)(_port + Device), FirstDevice);
        if (!WaitWhileBusy(out _))
            return false;
        TPorts.Out8((ushort)(_port + SectorCount), 0);
        TPorts.Out8((ushort)(_port + LbaLow), 0);
        TPorts.Out8((ushort)(_port + LbaMid), 0);
        TPorts.Out8((ushort)(_port + LbaHigh), 0);
        TPorts.Out8((ushort)(_port + Command), IdentifyDevice);
        // A missing drive answers with zeroes, one for packets with an error and its signature (7.12.3).
        if (!WaitForData())
            return false;
        Unsafe.SkipInit(out BlockBytes room);
        Span<byte> words = room.All;
        TPorts.In32Block((ushort)(_port + Data), words);
        const uint HasLba48 = 1 << 10, WordIsValid = 0b01 << 14, WordValidity = 0b11 << 14, HasLargeSectors = 1 << 12;
        uint features = BinaryPrimitives.ReadUInt16LittleEndian(words.Slice(2 * 83));
        uint sectors = BinaryPrimitives.ReadUInt16LittleEndian(words.Slice(2 * 106));
        bool hasLargeSectors = (sectors & WordValidity) == WordIsValid && (sectors & HasLargeSectors) != 0;
        if ((features & (WordValidity | HasLba48)) != (WordIsValid | HasLba48) || hasLargeSectors)
            return false;
        _blocks = BinaryPrimitives.ReadUInt64LittleEndian(words.Slice(2 * 100)) & (1ul << 48) - 1;
        return _blocks != 0 && TryUseMultiple(words[2 * 47]);
    }

    // Word 47 is the most that the drive gives at a time; 0, or a refusal, is one.
    private bool TryUseMultiple(byte most)
    {
        _multiple = 1;
        if (most < 2)
            return true;
        TPorts.Out8((ushort)(_port + SectorCount), most);
        TPorts.Out8((ushort)(_port + Command), SetMultipleMode);
        if (!WaitWhileBusy(out AtaStatus status))
            return false;
        if ((status & AtaStatus.Error) == 0)
            _multiple = most;
        return true;
    }

    public readonly bool TryRead(ulong block, Span<byte> room)
    {
        ulong blocks = (ulong)(uint)room.Length / IBlockDevice.BlockSize;
        if (room.Length % IBlockDevice.BlockSize != 0 || block > _blocks || blocks > _blocks - block)
            return false;
        while (room.Length != 0)
        {
            int step = Math.Min(room.Length / IBlockDevice.BlockSize, MaxSectors);
            int tries = MostTries;
            while (!TryCommand(block, (uint)step, room.Slice(0, step * IBlockDevice.BlockSize)))
            {
                if (--tries == 0)
                    return false;
            }
            block += (ulong)(uint)step;
            room = room.Slice(step * IBlockDevice.BlockSize);
        }
        return true;
    }

    /// <param name="block">The first of them.</param>
    /// <param name="bytes">A multiple of a block, at most <see cref="MaxSectors"/> of them.</param>
    /// <returns>False when they are not all on the disk, or the drive refuses.</returns>
    public readonly bool TryWrite(ulong block, ReadOnlySpan<byte> bytes)
    {
        ulong blocks = (ulong)(uint)bytes.Length / IBlockDevice.BlockSize;
        if (bytes.Length % IBlockDevice.BlockSize != 0 || blocks - 1 >= MaxSectors || block > _blocks || blocks > _blocks - block
            || !TryBegin(block, (uint)blocks, WriteSectorsExt))
            return false;
        for (; bytes.Length != 0; bytes = bytes.Slice(IBlockDevice.BlockSize))
        {
            if (!WaitForData())
                return false;
            TPorts.Out32Block((ushort)(_port + Data), bytes.Slice(0, IBlockDevice.BlockSize));
        }
        return IsDone();
    }

    /// <summary>What was written is on the disk. False when the drive says that it is not.</summary>
    public readonly bool TryFlush() => TryBegin(0, 0, FlushCacheExt) && IsDone();

    private readonly bool TryBegin(ulong block, uint count, byte command)
    {
        TPorts.Out8((ushort)(_port + Device), LbaMode | FirstDevice);
        if (!WaitWhileBusy(out AtaStatus status) || (status & AtaStatus.Ready) == 0)
            return false;
        // Each register is two deep: the upper halves go first.
        Address(count >> 8, block >> 24);
        Address(count, block);
        TPorts.Out8((ushort)(_port + Command), command);
        return true;
    }

    private readonly bool IsDone() =>
        WaitWhileBusy(out AtaStatus status) && (status & (AtaStatus.DataRequest | AtaStatus.Error | AtaStatus.DeviceFault)) == 0;

    private readonly bool TryCommand(ulong block, uint count, Span<byte> room)
    {
        if (!TryBegin(block, count, _multiple > 1 ? ReadMultipleExt : ReadSectorsExt))
            return false;
        while (room.Length != 0)
        {
            if (!WaitForData())
                return false;
            int bytes = Math.Min(_multiple * IBlockDevice.BlockSize, room.Length);
            TPorts.In32Block((ushort)(_port + Data), room.Slice(0, bytes));
            room = room.Slice(bytes);
        }
        return true;
    }

    private readonly void Address(uint count, ulong block)
    {
        TPorts.Out8((ushort)(_port + SectorCount), (byte)count);
        TPorts.Out8((ushort)(_port + LbaLow), (byte)block);
        TPorts.Out8((ushort)(_port + LbaMid), (byte)(block >> 8));
        TPorts.Out8((ushort)(_port + LbaHigh), (byte)(block >> 16));
    }

    private readonly bool WaitForData() =>
        WaitWhileBusy(out AtaStatus status)
        && (status & (AtaStatus.DataRequest | AtaStatus.Error | AtaStatus.DeviceFault)) == AtaStatus.DataRequest;

    // The alternate status, read four times before it counts: for 400 ns after a command or a selection it may be the old one (APT 5.2).
    private readonly bool WaitWhileBusy(out AtaStatus status)
    {
        for (int i = 0; i < 4; i++)
            TPorts.In8(_control);
        for (int patience = Patience; patience > 0; patience--)
        {
            status = (AtaStatus)TPorts.In8(_control);
            if ((status & AtaStatus.Busy) == 0)
                return true;
        }
        status = AtaStatus.Floating;
        return false;
    }
}
