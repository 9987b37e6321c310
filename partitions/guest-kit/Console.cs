using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bulkhead.Guests;

/// <summary>
/// Where a guest's text goes: byte by byte to its UART, or, when asked for and Bulkhead is below, in whole lines by one
/// hypercall, which costs the guest one exit instead of two for each byte.
/// </summary>
internal static class Console
{
    [InlineArray(256)]
    private struct Line
    {
        private byte _first;
    }

    private static bool s_wholeLines;
    private static int s_used;
    private static Line s_line;

    public static SerialPort Uart => new(Platform.Uart);

    public static void UseWholeLines() => s_wholeLines = Hypervisor.IsPresent;

    public static void Write(ReadOnlySpan<byte> text)
    {
        for (int i = 0; i < text.Length; i++)
            WriteByte(text[i]);
    }

    public static void WriteLine(ReadOnlySpan<byte> text)
    {
        Write(text);
        Write("\r\n"u8);
    }

    public static void WriteByte(byte value)
    {
        if (!s_wholeLines)
        {
            Uart.Write(value);
            return;
        }
        s_line[s_used++] = value;
        if (value == (byte)'\n' || s_used == 256)
            Flush();
    }

    public static void WriteDecimal(ulong value)
    {
        ulong unit = 1;
        while (value / unit >= 10)
            unit *= 10;
        for (; unit != 0; unit /= 10)
            WriteByte((byte)('0' + value / unit % 10));
    }

    public static void WriteHex(ulong value)
    {
        Write("0x"u8);
        int shift = 60;
        while (shift > 0 && value >> shift == 0)
            shift -= 4;
        for (; shift >= 0; shift -= 4)
            WriteByte("0123456789abcdef"u8[(int)(value >> shift & 15)]);
    }

    private static void Flush()
    {
        ReadOnlySpan<byte> rest = MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<Line, byte>(ref s_line), s_used);
        while (rest.Length != 0)
        {
            long taken = Hypervisor.WriteConsole(rest);
            if (taken < 0)
                break;              // refused: losing a line beats stopping for it
            if (taken == 0)
                Cpu.Yield();        // our ring is full
            rest = rest.Slice((int)taken);
        }
        s_used = 0;
    }
}
