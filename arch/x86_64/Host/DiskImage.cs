using System;
using System.Runtime.InteropServices;
using Bulkhead.Boot;
using Bulkhead.Partitions;
using Bulkhead.Update;
using Bulkhead.X86.Disk;

namespace Bulkhead.X86.Host;

/// <summary>The disk that holds the image, for all CPUs: one after the other, each waiting with interrupts closed, little at a time.</summary>
internal static class DiskImage
{
    private static ImageDisk<PortIo> _disk;
    private static FirstStageConfig _config;
    private static SpinLock _lock;

    /// <summary>Where the image's parts are, as the first stage is told them.</summary>
    public static ref readonly FirstStageConfig Config => ref _config;

    /// <summary>First port of the channel.</summary>
    public static ushort Port => _disk.Port;

    /// <summary>False when no channel has such a disk.</summary>
    public static bool TryFind()
    {
        if (!_disk.TryFind(out ImageRange firstStage))
            return false;
        Span<byte> config = MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref _config, 1));
        return _disk.TryRead(firstStage.Offset + FirstStageConfig.OffsetInElf, config) && _config.Magic == FirstStageConfig.ExpectedMagic;
    }

    /// <summary>False when the range is not inside the disk, the room is shorter, or the disk could not be read.</summary>
    public static bool TryRead(ImageRange range, Span<byte> room, out ReadOnlySpan<byte> bytes)
    {
        SpinLock.Guard held = _lock.Enter();
        bool isRead = _disk.TryRead(range, room);
        _lock.Exit(held);
        bytes = isRead ? room.Slice(0, (int)range.Size) : default;
        return isRead;
    }

    /// <summary>As NOR flash is erased. Others may read meanwhile.</summary>
    public static bool TryErase(ulong offset)
    {
        bool isDone = true;
        for (ulong done = 0; isDone && done < IFlash.EraseBlock; done += ImageDisk<PortIo>.FillStep)
        {
            SpinLock.Guard held = _lock.Enter();
            isDone = _disk.TryFill(offset + done);
            _lock.Exit(held);
        }
        return isDone;
    }

    /// <summary>Whole blocks of the disk.</summary>
    public static bool TryWrite(ulong offset, ReadOnlySpan<byte> bytes)
    {
        SpinLock.Guard held = _lock.Enter();
        bool isDone = _disk.TryProgram(offset, bytes);
        _lock.Exit(held);
        return isDone;
    }

    public static bool TryFlush()
    {
        SpinLock.Guard held = _lock.Enter();
        bool isDone = _disk.TryFlush();
        _lock.Exit(held);
        return isDone;
    }
}
