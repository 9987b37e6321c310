using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bulkhead.Boot;
using Bulkhead.Partitions;
using Bulkhead.Update;

namespace Bulkhead.X86.Disk;

/// <summary>The disk that holds the image: the first drive of the first ATA channel that has the first stage's own partition.</summary>
public struct ImageDisk<TPorts> : IFlash where TPorts : struct, IAtaPorts
{
    /// <summary>What <see cref="TryErase"/> is made of, for whoever lets others in between: this divides <see cref="IFlash.EraseBlock"/>.</summary>
    public const int FillStep = 2048;

    private AtaDrive<TPorts> _drive;
    private ushort _port;

    /// <summary>First port of the channel.</summary>
    public readonly ushort Port => _port;

    /// <param name="firstStage">Its partition.</param>
    /// <returns>False when no channel has such a disk.</returns>
    public bool TryFind(out ImageRange firstStage) => TryChannel(0x1f0, 0x3f6, out firstStage) || TryChannel(0x170, 0x376, out firstStage);

    /// <summary>False when the range is not inside the disk, the room is shorter, or the disk could not be read.</summary>
    public bool TryRead(ImageRange range, Span<byte> room) => BlockReader.TryRead(ref _drive, range, room);

    public bool TryRead(ulong offset, Span<byte> room) => TryRead(new ImageRange { Offset = offset, Size = (ulong)(uint)room.Length }, room);

    public bool TryErase(ulong offset)
    {
        bool isDone = true;
        for (ulong done = 0; isDone && done < IFlash.EraseBlock; done += FillStep)
            isDone = TryFill(offset + done);
        return isDone;
    }

    /// <summary>Makes <see cref="FillStep"/> bytes what NOR flash is after an erase.</summary>
    public bool TryFill(ulong offset)
    {
        Unsafe.SkipInit(out Erased erased);
        Span<byte> ones = MemoryMarshal.CreateSpan(ref Unsafe.As<Erased, byte>(ref erased), FillStep);
        ones.Fill(0xff);
        return TryProgram(offset, ones);
    }

    /// <summary>Whole blocks of the disk.</summary>
    public bool TryProgram(ulong offset, ReadOnlySpan<byte> bytes) =>
        offset % IBlockDevice.BlockSize == 0 && _drive.TryWrite(offset / IBlockDevice.BlockSize, bytes);

    public bool TryFlush() => _drive.TryFlush();

    private bool TryChannel(ushort port, ushort control, out ImageRange firstStage)
    {
        firstStage = default;
        _port = port;
        _drive = new AtaDrive<TPorts>(port, control);
        GptReader partitions = default;
        return _drive.TryIdentify() && partitions.TryOpen(ref _drive) && partitions.TryFind(ref _drive, "first-stage"u8, out firstStage);
    }

    [InlineArray(FillStep)]
    private struct Erased
    {
        private byte _first;
    }
}
