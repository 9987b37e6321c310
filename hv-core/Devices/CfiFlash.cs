using System;
using System.Buffers.Binary;
using Bulkhead.Update;
using Bulkhead.Memory;

namespace Bulkhead.Devices;

/// <summary>
/// NOR flash with Intel's command set: two chips of 16 bits side by side on a bus of 32, as it says of itself by the
/// Common Flash Interface (JEDEC JESD68; Intel 290667, command set 0001h). Every call leaves the bank in array mode, in
/// which it is memory.
/// </summary>
/// <remarks>Which commands a bank is given, and what its status says, holds for both chips: each has half of every word.</remarks>
public struct CfiFlash<TMmio> where TMmio : struct, IMmio32
{
    private const uint BothChips = 0x0001_0001;
    private const uint ReadArray = 0xff * BothChips, ReadQuery = 0x98 * BothChips, ClearStatus = 0x50 * BothChips;
    private const uint Erase = 0x20 * BothChips, LockSetup = 0x60 * BothChips, WriteBuffer = 0xe8 * BothChips, Confirm = 0xd0 * BothChips;
    private const uint Ready = 0x80 * BothChips;
    // Erase and program failed, VPP low, block locked.
    private const uint Failed = 0x3a * BothChips;
    // Words of the query table.
    private const uint QueryAt = 0x55, Signature = 0x10, CommandSet = 0x13, ExtendedTable = 0x15, SizeBits = 0x27, BufferBits = 0x2a, RegionCount = 0x2c, Region = 0x2d;
    private const uint InstantLocks = 1 << 5;
    // Chips erase a block within a few seconds, and a read takes 100 ns.
    private const int Patience = 100_000_000;
    private const int BusBytes = 4;

    private readonly HostPhys _bank;
    private uint _bankBytes;
    private uint _blockBytes;
    private int _bufferBytes;
    private bool _hasLocks;

    /// <param name="bank">Its first byte, where commands reach it: mapped as a device.</param>
    public CfiFlash(HostPhys bank) => _bank = bank;

    public readonly uint BankBytes => _bankBytes;

    /// <summary>Asks the chips. False when there are none that answer so, or their blocks are no whole parts of <see cref="IFlash.EraseBlock"/>.</summary>
    public bool TryQuery()
    {
        TMmio.Write32(_bank + QueryAt * BusBytes, ReadQuery);
        bool isThere = IsSound();
        if (isThere)
        {
            // Of each chip; the boot code of a board has no blocks of several sizes.
            int bits = (int)Query(SizeBits);
            int buffer = (int)Query(BufferBits);
            isThere = bits is >= 18 and <= 30 && buffer is >= 2 and <= 16 && Query(RegionCount) == 1;
            _bankBytes = 2u << bits;
            // A write stays within the buffer of one chip, which both have.
            _bufferBytes = 1 << buffer;
            _blockBytes = 2 * 256 * (Query(Region + 2) | Query(Region + 3) << 8);
            uint table = Query(ExtendedTable) | Query(ExtendedTable + 1) << 8;
            _hasLocks = Query(table) == 'P' && Query(table + 1) == 'R' && Query(table + 2) == 'I' && (Query(table + 5) & InstantLocks) != 0;
        }
        TMmio.Write32(_bank, ReadArray);
        return isThere && _blockBytes is not 0 and <= IFlash.EraseBlock && IFlash.EraseBlock % _blockBytes == 0;
    }

    /// <summary>All chips' blocks of one of ours.</summary>
    /// <param name="offset">From the bank's first byte.</param>
    public readonly bool TryErase(uint offset)
    {
        bool isDone = true;
        for (uint block = 0; isDone && block < IFlash.EraseBlock; block += _blockBytes)
        {
            HostPhys at = _bank + (offset + block);
            Unlock(at);
            TMmio.Write32(at, Erase);
            TMmio.Write32(at, Confirm);
            isDone = IsDone(at);
        }
        return isDone;
    }

    /// <param name="offset">From the bank's first byte; a multiple of <see cref="IFlash.ProgramUnit"/>, as the length is.</param>
    public readonly bool TryProgram(uint offset, ReadOnlySpan<byte> bytes)
    {
        Unlock(_bank + offset);
        bool isDone = true;
        while (isDone && bytes.Length != 0)
        {
            // A buffer's write does not leave the buffer's own alignment.
            int step = Math.Min(bytes.Length, _bufferBytes - (int)(offset & (uint)(_bufferBytes - 1)));
            isDone = TryBuffer(_bank + offset, bytes.Slice(0, step));
            bytes = bytes.Slice(step);
            offset += (uint)step;
        }
        return isDone;
    }

    private static bool TryBuffer(HostPhys at, ReadOnlySpan<byte> bytes)
    {
        TMmio.Write32(at, WriteBuffer);
        if (!WaitReady(at, out _))
        {
            TMmio.Write32(at, ReadArray);
            return false;
        }
        uint words = (uint)bytes.Length / BusBytes;
        TMmio.Write32(at, (words - 1) * BothChips);
        for (uint i = 0; i < words; i++)
            TMmio.Write32(at + i * BusBytes, BinaryPrimitives.ReadUInt32LittleEndian(bytes.Slice((int)i * BusBytes)));
        TMmio.Write32(at, Confirm);
        return IsDone(at);
    }

    // Chips with locks wake up locked.
    private readonly void Unlock(HostPhys at)
    {
        if (!_hasLocks)
            return;
        TMmio.Write32(at, LockSetup);
        TMmio.Write32(at, Confirm);
        TMmio.Write32(at, ReadArray);
    }

    // Back to memory, whatever came of it.
    private static bool IsDone(HostPhys at)
    {
        bool isReady = WaitReady(at, out uint status);
        TMmio.Write32(at, ClearStatus);
        TMmio.Write32(at, ReadArray);
        return isReady && (status & Failed) == 0;
    }

    private static bool WaitReady(HostPhys at, out uint status)
    {
        int patience = Patience;
        do
            status = TMmio.Read32(at);
        while ((status & Ready) != Ready && --patience > 0);
        return patience > 0;
    }

    private readonly bool IsSound() =>
        Both(Signature) == 'Q' * BothChips && Both(Signature + 1) == 'R' * BothChips && Both(Signature + 2) == 'Y' * BothChips
        && (Query(CommandSet) is 1 or 3) && Query(CommandSet + 1) == 0;

    private readonly uint Query(uint word) => Both(word) & 0xff;

    private readonly uint Both(uint word) => TMmio.Read32(_bank + word * BusBytes);
}
