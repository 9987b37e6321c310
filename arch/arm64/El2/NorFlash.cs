using System;
using Bulkhead.Devices;
using Bulkhead.Memory;

namespace Bulkhead.Arm64.El2;

/// <summary>
/// Writes the flash that the image lies in. Commands go through a mapping of their own, as a device's; the other one, which
/// is read, is memory again after each call.
/// </summary>
internal static class NorFlash
{
    /// <summary>From where the image is seen to where its flash takes commands: half a GiB on, so that both share their tables.</summary>
    public const ulong CommandOffset = MappedImage.VirtualOffset + 0x2000_0000;
    public const ulong MostBytes = 0x2000_0000;

    private static bool _isThere;
    private static CfiBanks<Mmio> _banks;

    /// <summary>False where the image is a copy in RAM.</summary>
    public static bool IsThere => _isThere;

    /// <summary>The image lies in flash.</summary>
    public static void Use(HostPhys image, ulong bytes)
    {
        _isThere = true;
        _banks = new CfiBanks<Mmio>(image + CommandOffset, bytes);
    }

    public static bool TryErase(ulong offset)
    {
        bool isDone = _isThere && _banks.TryErase(offset);
        Instruction.DsbSy();
        return isDone;
    }

    public static bool TryProgram(ulong offset, ReadOnlySpan<byte> bytes)
    {
        bool isDone = _isThere && _banks.TryProgram(offset, bytes);
        Instruction.DsbSy();
        return isDone;
    }
}
