using System;
using Bulkhead.Devices;
using Bulkhead.Memory;
using Bulkhead.Update;

namespace Bulkhead.Arm64.El2;

/// <summary>
/// Writes the flash that the image lies in, bank by bank. Commands go through a mapping of their own, as a device's; the
/// other one, which is read, is memory again after each call.
/// </summary>
internal static class NorFlash
{
    /// <summary>From where the image is seen to where its flash takes commands: half a GiB on, so that both share their tables.</summary>
    public const ulong CommandOffset = MappedImage.VirtualOffset + 0x2000_0000;
    public const ulong MostBytes = 0x2000_0000;

    private static bool _isThere;
    // The bank that was used last.
    private static CfiFlash<Mmio> _bank;
    private static ulong _start;

    /// <summary>False where the image is a copy in RAM.</summary>
    public static bool IsThere => _isThere;

    /// <summary>The image lies in flash.</summary>
    public static void Use() => _isThere = true;

    public static bool TryErase(ulong offset)
    {
        if (!TryFindBank(offset, IFlash.EraseBlock))
            return false;
        bool isDone = _bank.TryErase((uint)(offset - _start));
        Instruction.DsbSy();
        return isDone;
    }

    public static bool TryProgram(ulong offset, ReadOnlySpan<byte> bytes)
    {
        if (!TryFindBank(offset, (ulong)(uint)bytes.Length))
            return false;
        bool isDone = _bank.TryProgram((uint)(offset - _start), bytes);
        Instruction.DsbSy();
        return isDone;
    }

    // All banks of a board are as large as its first; none is asked before something is to be written.
    private static bool TryFindBank(ulong offset, ulong bytes)
    {
        if (!_isThere || offset > MappedImage.Size || bytes > MappedImage.Size - offset)
            return false;
        bool isKnown = _bank.BankBytes != 0 || TryBank(0);
        if (isKnown && offset - _start >= _bank.BankBytes)
            isKnown = TryBank(offset - offset % _bank.BankBytes);
        Instruction.DsbSy();
        return isKnown && bytes <= _bank.BankBytes - (offset - _start);
    }

    private static bool TryBank(ulong start)
    {
        _start = start;
        _bank = new CfiFlash<Mmio>(new HostPhys(CommandOffset + MappedImage.Base.Value + start));
        if (_bank.TryQuery())
            return true;
        _bank = default;
        return false;
    }
}
