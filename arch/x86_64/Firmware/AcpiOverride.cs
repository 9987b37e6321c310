namespace Bulkhead.X86.Firmware;

/// <summary>Where an ISA interrupt goes if not to the GSI of its own number, or how it is signalled (ACPI 6.5, 5.2.12.5).</summary>
public struct AcpiOverride
{
    public uint Gsi;
    /// <summary>Polarity in bits 1:0, trigger mode in bits 3:2; 0 is the bus' own: for ISA active high and edge.</summary>
    public ushort Flags;

    public static AcpiOverride Of(uint gsi, bool isLevel, bool isActiveLow) =>
        new() { Gsi = gsi, Flags = (ushort)((isLevel ? 3 : 1) << 2 | (isActiveLow ? 3 : 1)) };

    public readonly bool IsActiveLow => (Flags & 3) == 3;
    public readonly bool IsLevel => (Flags >> 2 & 3) == 3;
}
