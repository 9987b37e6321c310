using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bulkhead.Update;

/// <summary>
/// The state record on flash: an append log in one of two erase blocks, so that a change costs a program and only every
/// 512th an erase. The newest whole record counts; what a power cut tore is passed over.
/// </summary>
/// <remarks>
/// A block is begun only when it has been erased and that has been flushed, while the other still holds the newest
/// record. Within a block records are written one after the other, so the used ones stand before the erased ones.
/// Where a disk did not read a place, that may have held anything, a newer record too: what is written next begins the other
/// block, with a number beyond all that there may be.
/// </remarks>
public struct StateJournal<TFlash> where TFlash : struct, IFlash
{
    private const int Records = IFlash.EraseBlock / StateRecord.Size;
    private const int MostRetries = 8;

    private ulong _block0;
    private ulong _block1;
    // Where the next record goes.
    private int _block;
    private int _next;
    private bool _isAllRead;

    /// <summary>The newest record; change it, then <see cref="TryAppend"/>.</summary>
    public StateRecord Record;

    /// <summary>Finds the newest record. False when there is none: then <see cref="Record"/> is as delivered.</summary>
    /// <param name="block0">Where the two erase blocks are.</param>
    public bool TryOpen(ref TFlash flash, ulong block0, ulong block1)
    {
        _block0 = block0;
        _block1 = block1;
        _isAllRead = true;
        StateRecord other = default;
        bool has0 = TryNewest(ref flash, block0, ref Record, out int used0);
        bool has1 = TryNewest(ref flash, block1, ref other, out int used1);
        if (has1 && (!has0 || other.Sequence > Record.Sequence))
        {
            Record = other;
            (_block, _next) = (1, used1);
        }
        else
        {
            // With no record at all the first append begins block 0 as if block 1 had been full.
            (_block, _next) = has0 ? (0, used0) : (1, Records);
            if (!has0)
                Record.Reset();
        }
        if (!_isAllRead)
        {
            _next = Records;
            Record.Sequence += 2 * Records;
        }
        return has0 || has1;
    }

    /// <summary>Keeps <see cref="Record"/> as the newest. False when the flash refused; the last record kept still counts.</summary>
    public bool TryAppend(ref TFlash flash)
    {
        Record.Sequence++;
        Record.Seal();
        for (int retry = 0; retry < MostRetries; retry++)
        {
            if (_next == Records && !TryBeginOther(ref flash))
                return false;
            ulong at = Offset(_block) + (ulong)(uint)_next++ * StateRecord.Size;
            if (flash.TryProgram(at, StateRecord.BytesOf(ref Record)) && flash.TryFlush() && IsKept(ref flash, at))
                return true;
        }
        return false;
    }

    private bool TryBeginOther(ref TFlash flash)
    {
        int other = _block ^ 1;
        if (!flash.TryErase(Offset(other)) || !flash.TryFlush())
            return false;
        if (!IsErased(ref flash, Offset(other)))
            return false;
        (_block, _next) = (other, 0);
        return true;
    }

    // What is left of the last round would stand behind the new records, and be taken for the newest.
    private static bool IsErased(ref TFlash flash, ulong block)
    {
        Unsafe.SkipInit(out Piece piece);
        for (ulong at = 0; at < IFlash.EraseBlock; at += Piece.Records * StateRecord.Size)
        {
            if (!flash.TryRead(block + at, MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref piece[0], Piece.Records))))
                continue;
            for (int i = 0; i < Piece.Records; i++)
            {
                if (!piece[i].IsErased)
                    return false;
            }
        }
        return true;
    }

    /// <summary>As much at a time as a stack has room for.</summary>
    [InlineArray(Records)]
    private struct Piece
    {
        public const int Records = 4;

        private StateRecord _first;
    }

    private bool IsKept(ref TFlash flash, ulong at)
    {
        Unsafe.SkipInit(out StateRecord kept);
        return flash.TryRead(at, StateRecord.BytesOf(ref kept))
            && StateRecord.BytesOf(ref kept).SequenceEqual(StateRecord.BytesOf(ref Record));
    }

    private readonly ulong Offset(int block) => block == 0 ? _block0 : _block1;

    // The last whole record of a block, and how many places are used up.
    private bool TryNewest(ref TFlash flash, ulong block, ref StateRecord record, out int used)
    {
        int low = 0;
        int high = Records;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (IsErased(ref flash, block, middle, ref record))
                high = middle;
            else
                low = middle + 1;
        }
        used = low;
        for (int i = used - 1; i >= 0; i--)
        {
            if (TryRead(ref flash, block, i, ref record) && record.IsValid)
                return true;
        }
        return false;
    }

    private bool IsErased(ref TFlash flash, ulong block, int index, ref StateRecord room) =>
        TryRead(ref flash, block, index, ref room) && room.IsErased;

    private bool TryRead(ref TFlash flash, ulong block, int index, ref StateRecord record)
    {
        bool isRead = flash.TryRead(block + (ulong)(uint)index * StateRecord.Size, StateRecord.BytesOf(ref record));
        _isAllRead &= isRead;
        return isRead;
    }
}
