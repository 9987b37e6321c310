namespace Bulkhead.Guests.Hostile;

/// <summary>
/// IN, OUT, INS and OUTS of every port and width: the board's keyboard controller, reset control, PCI configuration and
/// debug ports among them, which are nobody's here: they read as ones and swallow what is written.
/// </summary>
internal static unsafe class Ports
{
    private const int Forms = 12;
    private const uint UartEnd = 0x400, ScratchMask = 0xfff8;

    private static ulong Place(int form) => Ram.CodeBase + (uint)(70 + form) * Code.Room;

    public static void Run(ref Random random, uint share)
    {
        Prepare();
        for (uint i = 0; i < share; i++)
        {
            uint port = random.Below(4) switch
            {
                0 => Board(ref random),
                1 => random.Below(0x400),
                _ => random.Below(0x1_0000),
            };
            // Its own UART has Console.cs' share; sleep and reset are its end.
            if (port is >= 0x3f0 and < UartEnd || port is >= 0x5f0 and < 0x620 || ControlFlood.IsThere && port is >= 0x2f4 and < 0x300)
                continue;
            int form = (int)random.Below(Forms);
            uint bytes = 1u << form % 3;
            Code.Fill(ref random);
            Code.X[Code.Rdx] = Code.X[Code.Rdx] & ~0xfffful | port;
            Code.X[Code.Rsi] = Code.X[Code.Rdi] = Ram.Scratch + (random.Next() & ScratchMask);
            Code.X[Code.Rcx] = random.Below(32);
            ulong rax = Code.X[Code.Rax], at = Code.X[Code.Rdi];
            Fault fault = Code.Run(Place(form));
            Score.Check(fault.IsNone, "a port"u8, port, fault.Value);
            ulong ones = bytes == 4 ? uint.MaxValue : (1ul << (int)bytes * 8) - 1;
            if (form < 3)
                Score.Check(Code.X[Code.Rax] == (bytes == 4 ? ones : rax | ones), "IN of nothing"u8, port, Code.X[Code.Rax]);
            else if (form is >= 6 and < 9)
                Score.Check((*(ulong*)at & ones) == ones && Code.X[Code.Rdi] == at + bytes, "INS of nothing"u8, port, *(ulong*)at);
            Score.Take(port | (uint)form << 16);
        }
    }

    private static void Prepare()
    {
        Code.Put(Place(0), 0xec, 1);            // IN AL, DX
        Code.Put(Place(1), 0xed66, 2);          // IN AX
        Code.Put(Place(2), 0xed, 1);            // IN EAX
        Code.Put(Place(3), 0xee, 1);            // OUT DX, AL
        Code.Put(Place(4), 0xef66, 2);
        Code.Put(Place(5), 0xef, 1);
        Code.Put(Place(6), 0x6c, 1);            // INSB
        Code.Put(Place(7), 0x6d66, 2);
        Code.Put(Place(8), 0x6d, 1);
        Code.Put(Place(9), 0x6ef3, 2);          // REP OUTSB
        Code.Put(Place(10), 0x6f66f3, 3);
        Code.Put(Place(11), 0x6ff3, 2);
    }

    // Reset control, keyboard controller, port 92h, PCI configuration, PIT, PIC, CMOS, DMA, VGA, PM block, debug port.
    private static uint Board(ref Random random) => random.Below(12) switch
    {
        0 => 0xcf9,
        1 => 0x64,
        2 => 0x92,
        3 => 0xcf8,
        4 => 0xcfc,
        5 => 0x40 + random.Below(4),
        6 => random.OneIn(2) ? 0x21u : 0xa1u,
        7 => 0x70 + random.Below(2),
        8 => random.Below(16),
        9 => 0x3b0 + random.Below(0x30),
        10 => 0xb2,
        _ => random.OneIn(2) ? 0xe9u : 0x402u,
    };
}
