using System;
using Bulkhead.Devices;
using Bulkhead.Memory;

namespace Bulkhead.X86.Chipset;

/// <summary>
/// The TCO timer of an ICH9, a watchdog (Intel ICH9 datasheet, 13.9): when it has run out twice the chip resets the board.
/// Firmware that takes the SMI of the first time may do so then.
/// </summary>
public readonly struct TcoTimer<TPorts> where TPorts : struct, IPortIo
{
    /// <summary>RCBA's General Control and Status (10.1): with NO_REBOOT a second time is only noted.</summary>
    private const uint GeneralControl = 0x3410, NoReboot = 1 << 5;

    // PCI's configuration mechanism 1, and the LPC bridge there: bus 0, device 31, function 0.
    private const ushort ConfigAddress = 0xcf8, ConfigData = 0xcfc;
    private const uint LpcBridge = 1u << 31 | 31 << 11;

    // 13.1: identification, PMBASE, ACPI_CNTL, RCBA.
    private const uint Ich9 = 0x2918_8086;
    private const byte Identification = 0x00, PmBase = 0x40, AcpiControl = 0x44, Rcba = 0xf0;
    private const uint PmBaseMask = 0xff80, AcpiEnable = 1 << 7, RcbaMask = 0xffff_c000, RcbaEnable = 1;

    // 13.9, from PMBASE + 60h: TCO_RLD, TCO1_CNT, TCO_TMR, which counts 0.6 s.
    private const ushort TcoBase = 0x60, Reload = 0x00, Control = 0x08, Initial = 0x12;
    private const ushort Halt = 1 << 11;
    private const uint TickMilliseconds = 600, LeastTicks = 4, MostTicks = 0x3ff;

    private readonly ushort _base;

    private TcoTimer(ushort tcoBase) => _base = tcoBase;

    /// <summary>False where the chip set is another, or firmware has not put the registers anywhere.</summary>
    /// <param name="generalControl">For <see cref="TryAllowReset"/>.</param>
    public static bool TryFind(out TcoTimer<TPorts> timer, out HostPhys generalControl)
    {
        timer = default;
        generalControl = default;
        if (ReadConfig(Identification) != Ich9)
            return false;
        uint pmBase = ReadConfig(PmBase) & PmBaseMask, rcba = ReadConfig(Rcba);
        if (pmBase == 0 || (ReadConfig(AcpiControl) & AcpiEnable) == 0 || (rcba & RcbaEnable) == 0)
            return false;
        timer = new TcoTimer<TPorts>((ushort)(pmBase + TcoBase));
        generalControl = new HostPhys((rcba & RcbaMask) + GeneralControl);
        return true;
    }

    /// <summary>False where the board is wired so that this timer resets nothing.</summary>
    public static bool TryAllowReset<TMmio>(HostPhys generalControl) where TMmio : struct, IMmio32
    {
        TMmio.Write32(generalControl, TMmio.Read32(generalControl) & ~NoReboot);
        return (TMmio.Read32(generalControl) & NoReboot) == 0;
    }

    /// <summary>It runs from now on.</summary>
    public void Start(uint milliseconds)
    {
        Feed(milliseconds);
        TPorts.Out16(Port(Control), (ushort)(TPorts.In16(Port(Control)) & ~Halt));
    }

    /// <summary>Its time begins anew: not before it is over, and at the latest when it is over twice, the board is reset.</summary>
    public void Feed(uint milliseconds)
    {
        TPorts.Out16(Port(Initial), (ushort)Math.Max(LeastTicks, Math.Min(milliseconds / TickMilliseconds, MostTicks)));
        // Any value.
        TPorts.Out16(Port(Reload), 1);
    }

    /// <summary>Nothing is written where it does not run.</summary>
    public void Stop()
    {
        ushort control = TPorts.In16(Port(Control));
        if ((control & Halt) == 0)
            TPorts.Out16(Port(Control), (ushort)(control | Halt));
    }

    private ushort Port(ushort register) => (ushort)(_base + register);

    private static uint ReadConfig(byte register)
    {
        TPorts.Out32(ConfigAddress, LpcBridge | register);
        return TPorts.In32(ConfigData);
    }
}
