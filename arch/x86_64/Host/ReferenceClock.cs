using Bulkhead.Memory;
using Bulkhead.X86.Firmware;

namespace Bulkhead.X86.Host;

/// <summary>
/// The clock of known speed that the board has: the PM timer (ACPI 6.5, 4.8.3.3), else the HPET (IA-PC HPET 1.0a, 2.3).
/// CPUID 15h would be simpler, and is wrong under emulators.
/// </summary>
internal static class ReferenceClock
{
    private const ulong PmTimerHertz = 3_579_545;
    private const ulong FemtosecondsPerSecond = 1_000_000_000_000_000;
    private const ulong HpetPeriod = 0x04, HpetConfiguration = 0x10, HpetCounter = 0xf0;
    private const uint HpetEnable = 1;
    /// <summary>CLK_PERIOD is no larger: 10 MHz.</summary>
    private const uint MaxPeriod = 100_000_000;

    private static ushort _pmTimer;
    private static ulong _hpet;

    public static ulong Hertz { get; private set; }
    public static uint Mask { get; private set; }

    /// <summary>False when there is neither. The HPET's page is mapped.</summary>
    public static bool Choose(in AcpiFacts acpi)
    {
        if (acpi.PmTimerPort != 0)
        {
            _pmTimer = acpi.PmTimerPort;
            Hertz = PmTimerHertz;
            Mask = acpi.PmTimerIs32Bit ? uint.MaxValue : 0xff_ffff;
            return true;
        }
        if (acpi.Hpet.Value == 0)
            return false;
        _hpet = acpi.Hpet.Value;
        uint period = Mmio.Read32(acpi.Hpet + HpetPeriod);
        if (period is 0 or > MaxPeriod)
            return false;
        Mmio.Write32(acpi.Hpet + HpetConfiguration, Mmio.Read32(acpi.Hpet + HpetConfiguration) | HpetEnable);
        Hertz = FemtosecondsPerSecond / period;
        Mask = uint.MaxValue;
        return true;
    }

    public static uint Read() => _pmTimer != 0 ? PortIo.In32(_pmTimer) & Mask : Mmio.Read32(new HostPhys(_hpet + HpetCounter));
}
