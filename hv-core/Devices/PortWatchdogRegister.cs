namespace Bulkhead.Devices;

/// <summary>The registers of a watchdog behind ports, as offsets from its first one; 32 bits each.</summary>
public static class PortWatchdogRegister
{
    /// <summary>Bit 0: it runs; to be written. Bit 1: its end is the guest's; reads as one.</summary>
    public const uint Control = 0x0;
    /// <summary>From a feeding to the guest's end. A write takes effect with the next feeding.</summary>
    public const uint Timeout = 0x4;
    /// <summary>How much of that is left. A write feeds it.</summary>
    public const uint Left = 0x8;
    /// <summary>Bit 0: the guest's last life ended because of it. A write clears it.</summary>
    public const uint Status = 0xc;

    /// <summary>Bits of Control.</summary>
    public const uint Running = 1, EndsGuest = 2;
}
