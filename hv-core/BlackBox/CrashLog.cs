using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bulkhead.Update;

namespace Bulkhead.BlackBox;

/// <summary>
/// Crash records on flash, for boards whose RAM forgets: one after the other in two erase blocks, of which one is begun anew
/// when the other is full, so that the newest 64 are always there. Only a crash writes; what a power cut tore is passed over.
/// </summary>
public struct CrashLog
{
    public const int RecordsPerBlock = IFlash.EraseBlock / (int)BlackBoxLayout.RecordStride, Blocks = 2;
    /// <summary>Bytes of the image's area.</summary>
    public const ulong Size = Blocks * (ulong)IFlash.EraseBlock;

    private ulong _area;
    // Where the next record goes.
    private int _block, _next;

    /// <summary>Of the newest record; 0 with none.</summary>
    public ulong Sequence, Run;
    public int Count;

    /// <summary>Finds what is there, and writes nothing.</summary>
    /// <param name="area">Where the two blocks are in the image.</param>
    /// <param name="room">For a record that is looked at.</param>
    public void Open<TFlash>(ref TFlash flash, ulong area, ref CrashRecord room) where TFlash : struct, IFlash
    {
        this = default;
        _area = area;
        int used0 = Look(ref flash, 0, ref room);
        ulong newest0 = Sequence;
        int used1 = Look(ref flash, 1, ref room);
        // With no record at all the first one begins block 0 as if block 1 had been full.
        (_block, _next) = Sequence > newest0 ? (1, used1) : newest0 != 0 ? (0, used0) : (1, RecordsPerBlock);
    }

    /// <summary>Keeps a sealed record, whose sequence is the newest. False when the flash refused.</summary>
    public bool TryAppend<TFlash>(ref TFlash flash, ref CrashRecord record) where TFlash : struct, IFlash
    {
        if (_next == RecordsPerBlock)
        {
            if (!flash.TryErase(Offset(_block ^ 1, 0)) || !flash.TryFlush())
                return false;
            (_block, _next) = (_block ^ 1, 0);
        }
        // Used up whatever becomes of it.
        return flash.TryProgram(Offset(_block, _next++), BytesOf(ref record)) && flash.TryFlush();
    }

    private readonly ulong Offset(int block, int index) =>
        _area + (ulong)(uint)block * IFlash.EraseBlock + (ulong)(uint)index * BlackBoxLayout.RecordStride;

    /// <summary>Takes notice of a block's records.</summary>
    /// <returns>How many places are used up; what cannot be read is not written to either.</returns>
    private int Look<TFlash>(ref TFlash flash, int block, ref CrashRecord room) where TFlash : struct, IFlash
    {
        int used = 0;
        for (int i = 0; i < RecordsPerBlock; i++)
        {
            bool isRead = flash.TryRead(Offset(block, i), BytesOf(ref room));
            if (isRead && room.IsErased)
                continue;
            used = i + 1;
            if (!isRead || !room.IsSound)
                continue;
            Count++;
            if (room.Sequence > Sequence)
                (Sequence, Run) = (room.Sequence, room.Run);
        }
        return used;
    }

    private static Span<byte> BytesOf(ref CrashRecord record) =>
        MemoryMarshal.CreateSpan(ref Unsafe.As<CrashRecord, byte>(ref record), (int)BlackBoxLayout.RecordStride);
}
