namespace Bulkhead.X86.Host;

/// <summary>The board's reset: by ACPI's reset register, then by the ways a PC has where that one did nothing.</summary>
internal static class BoardReset
{
    // The south bridge's reset control: bit 1 for a hard reset, bit 2 does it when it rises.
    private const ushort ResetControl = 0xcf9;
    private const byte HardReset = 0x02, Pulse = 0x04;
    // The keyboard controller's command that pulses the CPU's reset line.
    private const ushort KeyboardCommand = 0x64;
    private const byte PulseReset = 0xfe;

    /// <summary>Does not return.</summary>
    public static void Run()
    {
        // No port before ACPI was read.
        if (BoardFirmware.Acpi.ResetPort != 0)
            PortIo.Out8(BoardFirmware.Acpi.ResetPort, BoardFirmware.Acpi.ResetValue);
        PortIo.Out8(ResetControl, HardReset);
        PortIo.Out8(ResetControl, HardReset | Pulse);
        PortIo.Out8(KeyboardCommand, PulseReset);
        BoardStop.Stop();
    }
}
