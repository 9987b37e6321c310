using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bulkhead.Guests.Probe;

/// <summary>What is typed on the console: the receive interrupt fills a ring, the reader echoes and makes lines of it.</summary>
internal static class Keyboard
{
    private const int Capacity = 256;

    [InlineArray(Capacity)]
    private struct Bytes
    {
        private byte _first;
    }

    private static Bytes s_ring;
    private static uint s_received;
    private static uint s_read;
    private static Bytes s_line;

    public static void Start()
    {
        Console.Uart.EnableReceiveInterrupt();
        Gic.Route(Platform.UartIntid, 0);
        Gic.SetPriority(Platform.UartIntid, Gic.DefaultPriority);
        Gic.Enable(Platform.UartIntid);
    }

    /// <summary>Interrupts are masked whenever the ring is looked at. Empty lines are passed over.</summary>
    public static ReadOnlySpan<byte> ReadLine()
    {
        int length = 0;
        while (true)
        {
            while (s_read == s_received)
                Cpu.WaitForInterrupt();
            byte value = s_ring[(int)(s_read++ % Capacity)];
            if (value is (byte)'\r' or (byte)'\n')
            {
                if (length == 0)
                    continue;
                Console.WriteLine(""u8);
                return MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<Bytes, byte>(ref s_line), length);
            }
            if (length == Capacity)
                continue;
            Console.WriteByte(value);
            s_line[length++] = value;
        }
    }

    /// <summary>In the handler: empties the FIFO, which also ends the level interrupt.</summary>
    public static void Receive()
    {
        while (Console.Uart.TryRead(out byte value))
        {
            if (s_received - s_read < Capacity)
                s_ring[(int)(s_received++ % Capacity)] = value;
        }
        Console.Uart.ClearInterrupts();
    }
}
