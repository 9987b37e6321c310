namespace Bulkhead.X86.Host;

/// <summary>The board's reset, by the ways a PC has.</summary>
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
        PortIo.Out8(ResetControl, HardReset);
        PortIo.Out8(ResetControl, HardReset | Pulse);
        PortIo.Out8(KeyboardCommand, PulseReset);
        BoardStop.Stop();
    }
}
