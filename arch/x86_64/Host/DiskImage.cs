using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bulkhead.Boot;
using Bulkhead.Partitions;
using Bulkhead.Update;
using Bulkhead.X86.Disk;

namespace Bulkhead.X86.Host;

/// <summary>The disk that holds the image: the first drive of the first ATA channel with our partitions on it.</summary>
internal static class DiskImage
{
    private const int WriteStep = 2048;

    private static AtaDrive<PortIo> _drive;
    private static FirstStageConfig _config;
    private static ushort _port;
    private static SpinLock _lock;

    /// <summary>Where the image's parts are, as the first stage is told them.</summary>
    public static ref readonly FirstStageConfig Config => ref _config;

    /// <summary>First port of the channel.</summary>
    public static ushort Port => _port;

    /// <summary>False when no channel has such a disk.</summary>
    public static bool TryFind() => TryChannel(0x1f0, 0x3f6) || TryChannel(0x170, 0x376);

    /// <summary>From any CPU, one after the other, each waiting with interrupts closed: little at a time. False when the range is not inside the disk, the room is shorter, or the disk could not be read.</summary>
    public static bool TryRead(ImageRange range, Span<byte> room, out ReadOnlySpan<byte> bytes)
    {
        SpinLock.Guard held = _lock.Enter();
        bool isRead = BlockReader.TryRead(ref _drive, range, room);
        _lock.Exit(held);
        bytes = isRead ? room.Slice(0, (int)range.Size) : default;
        return isRead;
    }

    /// <summary>As NOR flash is erased. Little at a time, since others may want to read.</summary>
    public static bool TryErase(ulong offset)
    {
        Unsafe.SkipInit(out Erased erased);
        Span<byte> ones = MemoryMarshal.CreateSpan(ref Unsafe.As<Erased, byte>(ref erased), WriteStep);
        ones.Fill(0xff);
        bool isDone = true;
        for (ulong done = 0; isDone && done < IFlash.EraseBlock; done += WriteStep)
            isDone = TryWrite(offset + done, ones);
        return isDone;
    }

    /// <summary>Whole blocks of the disk.</summary>
    public static bool TryWrite(ulong offset, ReadOnlySpan<byte> bytes)
    {
        SpinLock.Guard held = _lock.Enter();
        bool isDone = offset % IBlockDevice.BlockSize == 0 && _drive.TryWrite(offset / IBlockDevice.BlockSize, bytes);
        _lock.Exit(held);
        return isDone;
    }

    public static bool TryFlush()
    {
        SpinLock.Guard held = _lock.Enter();
        bool isDone = _drive.TryFlush();
        _lock.Exit(held);
        return isDone;
    }

    [InlineArray(WriteStep)]
    private struct Erased
    {
        private byte _first;
    }

    private static bool TryChannel(ushort port, ushort control)
    {
        _drive = new AtaDrive<PortIo>(port, control);
        GptReader partitions = default;
        if (!_drive.TryIdentify() || !partitions.TryOpen(ref _drive)
            || !partitions.TryFind(ref _drive, "first-stage"u8, out ImageRange firstStage))
            return false;
        _port = port;
        Span<byte> config = MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref _config, 1));
        ImageRange stored = new() { Offset = firstStage.Offset + FirstStageConfig.OffsetInElf, Size = (ulong)(uint)config.Length };
        return BlockReader.TryRead(ref _drive, stored, config) && _config.Magic == FirstStageConfig.ExpectedMagic;
    }
}
