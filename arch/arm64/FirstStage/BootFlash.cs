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

    // The first bank, with the state's blocks; found out when there is something to write, which an ordinary boot has not.
    private CfiFlash<Mmio> _bank;

    public readonly bool TryRead(ulong offset, Span<byte> room)
    {
        if (offset > flash.Size || (ulong)(uint)room.Length > flash.Size - offset)
            return false;
        new ReadOnlySpan<byte>((byte*)flash.Base.Value + offset, room.Length).CopyTo(room);
        return true;
    }

    public bool TryErase(ulong offset) => IsThere(offset, IFlash.EraseBlock) && _bank.TryErase((uint)offset);

    public bool TryProgram(ulong offset, ReadOnlySpan<byte> bytes) => IsThere(offset, (ulong)(uint)bytes.Length) && _bank.TryProgram((uint)offset, bytes);

    public readonly bool TryFlush() => true;

    private bool IsThere(ulong offset, ulong bytes)
    {
        if (_bank.BankBytes == 0)
        {
            _bank = new CfiFlash<Mmio>(flash.Base + CommandOffset);
            if (!_bank.TryQuery())
                _bank = default;
        }
        return bytes <= _bank.BankBytes && offset <= _bank.BankBytes - bytes;
    }
}
