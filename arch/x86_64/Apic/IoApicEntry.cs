namespace Bulkhead.X86.Apic;

/// <summary>A redirection entry's bits (82093AA 3.2.4). The destination is bits 63:56.</summary>
public static class IoApicEntry
{
    public const uint Vector = 0xff;
    public const int DeliveryModeShift = 8;
    public const uint Logical = 1 << 11;
    public const uint RemoteIrr = 1 << 14;
    public const uint Level = 1 << 15;
    public const uint Masked = 1 << 16;

    /// <summary>What software can set: all but delivery status and remote IRR.</summary>
    public const uint Writable = 0x1_afff;
    public const uint WritableHigh = 0xff00_0000;
}
