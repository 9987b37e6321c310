namespace Bulkhead.Guests.Hostile;

/// <summary>
/// The UART's registers by every width, with all interrupts of it on, and bytes faster than any line: control bytes of
/// the multiplexer among them, which must never reach the board as such.
/// </summary>
internal static class ConsoleFlood
{
    private const ulong Data = 0, Fr = 0x18, LcrH = 0x2c, Cr = 0x30, Imsc = 0x38;
    private const uint BytesPerRun = 64;
    private const byte RecordSeparator = 0x1e, UnitSeparator = 0x1f, Bell = 7;

    public static void Run(ref Random random, uint share)
    {
        for (uint i = 0; i < share; i++)
        {
            ulong offset = random.Next() & 0xfff;
            if (!random.OneIn(4))
                offset &= 0xff;
            uint form = Access.Plain(ref random);
            bool isStore = form >= 11;
            // What goes out is what is below: random bytes would drown the board's console.
            if (isStore && offset < 4)
                offset = Imsc;
            ulong esr = Access.Try(form, Platform.Uart + offset, random.Edgy(), false);
            Score.Take(offset << 8 | form | (ulong)Syndrome.Class(esr) << 48);
        }
        for (uint i = 0; i < BytesPerRun; i++)
        {
            byte value = random.Below(4) switch
            {
                0 => RecordSeparator,
                1 => UnitSeparator,
                2 => Bell,
                _ => (byte)'~',
            };
            Device.Write8(Platform.Uart + Data, value);
            Score.Take(value);
        }
        Device.Write32(Platform.Uart + Imsc, 0);
        Console.Uart.Enable();
        Console.Uart.Write((byte)'\n');
    }
}
