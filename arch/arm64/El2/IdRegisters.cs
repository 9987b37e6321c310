namespace Bulkhead.Arm64.El2;

/// <summary>Stop-gap until Registers/IdRegisterPolicy.</summary>
internal static class IdRegisterPolicy
{
    public static ulong GuestValue(int index, ulong hardware) => index switch
    {
        24 => hardware & ~(0xful << 32 | 0xfful << 40 | 0xful << 44 | 0xff00ul) | 0x2200,
        25 => hardware & ~(0xfffful << 8 | 0xfful << 24),
        28 => 0,
        32 => hardware & 0xf0fff00ful | 6,
        _ => hardware,
    };
}
