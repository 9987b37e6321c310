using System;
using Bulkhead.Memory;
using Bulkhead.Update;

namespace Bulkhead.Devices;

/// <summary>
/// A board's flash of one or more banks, one after the other and all as large as the first. None is asked before something
/// is to be written, which an ordinary boot has not.
/// </summary>
/// <param name="flash">Its first byte, where commands reach it: mapped as a device.</param>
/// <param name="size">In bytes.</param>
public struct CfiBanks<TMmio>(HostPhys flash, ulong size) where TMmio : struct, IMmio32
{
    // The bank that was used last.
    private CfiFlash<TMmio> _bank;
    private ulong _start;

    /// <param name="offset">From the first bank's first byte; a multiple of <see cref="IFlash.EraseBlock"/>.</param>
    public bool TryErase(ulong offset) => TryFindBank(offset, IFlash.EraseBlock) && _bank.TryErase((uint)(offset - _start));

    /// <summary>Within one bank.</summary>
    /// <param name="offset">From the first bank's first byte; a multiple of <see cref="IFlash.ProgramUnit"/>, as the length is.</param>
    public bool TryProgram(ulong offset, ReadOnlySpan<byte> bytes) =>
        TryFindBank(offset, (ulong)(uint)bytes.Length) && _bank.TryProgram((uint)(offset - _start), bytes);

    private bool TryFindBank(ulong offset, ulong bytes)
    {
        if (offset > size || bytes > size - offset)
            return false;
        bool isKnown = _bank.BankBytes != 0 || TryBank(0);
        if (isKnown && offset - _start >= _bank.BankBytes)
            isKnown = TryBank(offset - offset % _bank.BankBytes);
        return isKnown && bytes <= _bank.BankBytes - (offset - _start);
    }

    private bool TryBank(ulong start)
    {
        _start = start;
        _bank = new CfiFlash<TMmio>(flash + start);
        if (_bank.TryQuery())
            return true;
        _bank = default;
        return false;
    }
}
