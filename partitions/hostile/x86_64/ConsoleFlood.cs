namespace Bulkhead.Guests.Hostile;

/// <summary>The 16550's registers with every value, and bytes faster than any line: the multiplexer's control bytes among them.</summary>
internal static class ConsoleFlood
{
    private const uint BytesPerRun = 64, Registers = 8;

    public static void Run(ref Random random, uint share)
    {
        uint port = (uint)Platform.Uart;
        for (uint i = 0; i < share; i++)
        {
            // Register 0 would print: below.
            uint register = 1 + random.Below(Registers - 1);
            byte value = (byte)random.Next();
            if (random.OneIn(2))
                _ = Device.In8(port + register);
            else
                Device.Out8(port + register, value);
            Score.Take(register | (ulong)value << 8);
        }
        Console.Uart.Enable();
        for (uint i = 0; i < BytesPerRun; i++)
        {
            byte value = random.Below(4) switch
            {
                0 => 0x1e,
                1 => 0x1f,
                2 => 7,
                _ => (byte)'~',
            };
            Device.Out8(port, value);
            Score.Take(value);
        }
        Device.Out8(port, (byte)'\n');
        Storms.Quieten();
    }
}
