using System;
using System.Runtime.CompilerServices;
using Bulkhead.Boot;
using Bulkhead.Partitions;
using Bulkhead.Update;
using Bulkhead.X86.Disk;
using Bulkhead.X86.Host;

namespace Bulkhead.X86.FirstStage;

/// <summary>The disk that holds the image: the first drive of the first ATA channel that has the first stage's own partition.</summary>
internal struct BootDisk : IFlash
{
    private AtaDrive<PortIo> _drive;

    /// <summary>False when no channel has such a disk.</summary>
    public bool TryFind() => TryChannel(0x1f0, 0x3f6) || TryChannel(0x170, 0x376);

    public bool TryRead(ulong offset, Span<byte> room) =>
        BlockReader.TryRead(ref _drive, new ImageRange { Offset = offset, Size = (ulong)(uint)room.Length }, room);

    public bool TryErase(ulong offset)
    {
        Unsafe.SkipInit(out BlockBytes ones);
        ones.All.Fill(0xff);
        bool isDone = true;
        for (ulong done = 0; isDone && done < IFlash.EraseBlock; done += IBlockDevice.BlockSize)
            isDone = TryProgram(offset + done, ones.All);
        return isDone;
    }

    public bool TryProgram(ulong offset, ReadOnlySpan<byte> bytes) =>
        offset % IBlockDevice.BlockSize == 0 && _drive.TryWrite(offset / IBlockDevice.BlockSize, bytes);

    public bool TryFlush() => _drive.TryFlush();

    private bool TryChannel(ushort port, ushort control)
    {
        _drive = new AtaDrive<PortIo>(port, control);
        GptReader partitions = default;
        return _drive.TryIdentify() && partitions.TryOpen(ref _drive) && partitions.TryFind(ref _drive, "first-stage"u8, out _);
    }
}
