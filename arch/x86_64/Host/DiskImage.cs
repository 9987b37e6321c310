using System;
using Bulkhead.Boot;
using Bulkhead.Partitions;
using Bulkhead.X86.Disk;

namespace Bulkhead.X86.Host;

/// <summary>The disk that holds the image: the first drive of the first ATA channel with our partitions on it.</summary>
internal static class DiskImage
{
    /// <summary>The most that is read under the lock: other CPUs load their guests at the same time.</summary>
    private const int Step = 256 << 10;

    private static AtaDrive<PortIo> _drive;
    private static FirstStageConfig _config;
    private static ushort _port;
    private static SpinLock _lock;

    /// <summary>Where the image's parts are, as arm64's first stage is told them.</summary>
    public static ref readonly FirstStageConfig Config => ref _config;

    /// <summary>First port of the channel.</summary>
    public static ushort Port => _port;

    /// <summary>False when no channel has such a disk.</summary>
    public static bool TryFind() => TryChannel(0x1f0, 0x3f6) || TryChannel(0x170, 0x376);

    /// <summary>From any CPU. False when the range is not inside the disk, the room is shorter, or the disk could not be read.</summary>
    public static bool TryRead(ImageRange range, Span<byte> room, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (range.Size > (ulong)(uint)room.Length)
            return false;
        int size = (int)range.Size;
        for (int done = 0; done < size; done += Step)
        {
            ImageRange piece = new() { Offset = range.Offset + (ulong)(uint)done, Size = (ulong)(uint)Math.Min(Step, size - done) };
            SpinLock.Guard held = _lock.Enter();
            bool isRead = BlockReader.TryRead(ref _drive, piece, room.Slice(done));
            _lock.Exit(held);
            if (!isRead)
                return false;
        }
        bytes = room.Slice(0, size);
        return true;
    }

    private static bool TryChannel(ushort port, ushort control)
    {
        _drive = new AtaDrive<PortIo>(port, control);
        GptReader partitions = default;
        if (!_drive.TryIdentify() || !partitions.TryOpen(ref _drive)
            || !partitions.TryFind(ref _drive, "table-a"u8, out _config.TableA)
            || !partitions.TryFind(ref _drive, "table-b"u8, out _config.TableB))
            return false;
        _config.Magic = FirstStageConfig.ExpectedMagic;
        _port = port;
        return true;
    }
}
