using System;
using Bulkhead.Devices;
using Bulkhead.Memory;
using Bulkhead.Partitions;
using Bulkhead.Update;

namespace Bulkhead.Arm64.FirstStage;

/// <summary>
/// The flash that the first stage came from: memory for reading, and a device for commands by another mapping (Start.S). A
/// bank that is given commands holds no instructions meanwhile: all of this runs from the copy in RAM.
/// </summary>
internal unsafe struct BootFlash(HostRange flash) : IFlash
{
    /// <summary>Start.S, COMMANDS.</summary>
    private const ulong CommandOffset = 0x60_0000_0000;

    private CfiBanks<Mmio> _banks = new(flash.Base + CommandOffset, flash.Size);

    public readonly bool TryRead(ulong offset, Span<byte> room)
    {
        if (offset > flash.Size || (ulong)(uint)room.Length > flash.Size - offset)
            return false;
        new ReadOnlySpan<byte>((byte*)flash.Base.Value + offset, room.Length).CopyTo(room);
        return true;
    }

    public bool TryErase(ulong offset) => _banks.TryErase(offset);

    public bool TryProgram(ulong offset, ReadOnlySpan<byte> bytes) => _banks.TryProgram(offset, bytes);

    public readonly bool TryFlush() => true;
}
