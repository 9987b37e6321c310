using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bulkhead.Partitions;

namespace Bulkhead.Update;

/// <summary>
/// Writes a package into a slot as its bytes come, in pieces of any length; the header last. Nothing here is relied on
/// before the slot has been verified: the state record calls it bad until then.
/// </summary>
public struct SlotWriter
{
    private const int HeaderSize = PackageHeader.StoredSize;
    private const int Unit = IFlash.ProgramUnit;

    private ImageRange _slot;
    private ulong _length;
    private ulong _done;
    private Header _header;
    private Partial _partial;

    [InlineArray(HeaderSize)]
    private struct Header
    {
        private byte _first;
    }

    [InlineArray(Unit)]
    private struct Partial
    {
        private byte _first;
    }

    /// <summary>Bytes of the package that have been taken.</summary>
    public readonly ulong Done => _done;

    public readonly bool IsComplete => _done == _length;

    /// <summary>False when the package is none that fits.</summary>
    public bool TryBegin(ImageRange slot, ulong length)
    {
        _slot = slot;
        _length = length;
        _done = 0;
        return length >= HeaderSize && length <= slot.Size;
    }

    /// <summary>Takes the next bytes. False when they are more than the package has, or the flash refused; then the slot must be begun anew.</summary>
    public bool TryWrite<TFlash>(ref TFlash flash, ReadOnlySpan<byte> bytes)
        where TFlash : struct, IFlash
    {
        if ((ulong)(uint)bytes.Length > _length - _done)
            return false;
        while (bytes.Length != 0)
        {
            if (!TryErase(ref flash))
                return false;
            int taken = _done < HeaderSize ? KeepHeader(bytes) : TryPayload(ref flash, bytes);
            if (taken == 0)
                return false;
            bytes = bytes.Slice(taken);
        }
        return true;
    }

    /// <summary>After the last byte: makes the slot hold the package.</summary>
    public bool TryFinish<TFlash>(ref TFlash flash)
        where TFlash : struct, IFlash
    {
        if (!IsComplete)
            return false;
        int left = (int)(_done % Unit);
        if (left != 0)
        {
            PartialBytes.Slice(left).Fill(0xff);
            if (!flash.TryProgram(_slot.Offset + _done - (ulong)(uint)left, PartialBytes))
                return false;
        }
        return flash.TryProgram(_slot.Offset, HeaderBytes) && flash.TryFlush();
    }

    // Each block when its first byte comes.
    private readonly bool TryErase<TFlash>(ref TFlash flash)
        where TFlash : struct, IFlash =>
        _done % IFlash.EraseBlock != 0 || flash.TryErase(_slot.Offset + _done);

    private int KeepHeader(ReadOnlySpan<byte> bytes)
    {
        int at = (int)_done;
        int taken = Math.Min(bytes.Length, HeaderSize - at);
        bytes.Slice(0, taken).CopyTo(HeaderBytes.Slice(at));
        _done += (ulong)(uint)taken;
        return taken;
    }

    // Whole units straight from where they are, up to the end of the block; others by way of the partial one.
    private int TryPayload<TFlash>(ref TFlash flash, ReadOnlySpan<byte> bytes)
        where TFlash : struct, IFlash
    {
        int at = (int)(_done % Unit);
        int block = IFlash.EraseBlock - (int)(_done % IFlash.EraseBlock);
        int taken = Math.Min(bytes.Length, block);
        ulong offset = _slot.Offset + _done;
        if (at == 0 && taken >= Unit)
        {
            taken -= taken % Unit;
            if (!flash.TryProgram(offset, bytes.Slice(0, taken)))
                return 0;
        }
        else
        {
            taken = Math.Min(taken, Unit - at);
            bytes.Slice(0, taken).CopyTo(PartialBytes.Slice(at));
            if (at + taken == Unit && !flash.TryProgram(offset - (ulong)(uint)at, PartialBytes))
                return 0;
        }
        _done += (ulong)(uint)taken;
        return taken;
    }

    [UnscopedRef]
    private Span<byte> HeaderBytes => MemoryMarshal.CreateSpan(ref _header[0], HeaderSize);

    [UnscopedRef]
    private Span<byte> PartialBytes => MemoryMarshal.CreateSpan(ref _partial[0], Unit);
}
