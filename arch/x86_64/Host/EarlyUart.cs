using System;

namespace Bulkhead.X86.Host;

/// <summary>COM1 as a 16550, polled, transmit only: for what is said before there is a console, or no longer one.</summary>
internal static class EarlyUart
{
    private const ushort Com1 = 0x3f8;
    private const ushort Thr = Com1, Dll = Com1, Ier = Com1 + 1, Dlm = Com1 + 1, Fcr = Com1 + 2, Lcr = Com1 + 3, Mcr = Com1 + 4, Lsr = Com1 + 5;
    private const byte LcrEightBits = 3, LcrDlab = 0x80, FcrEnableClear = 7, McrDtrRtsOut2 = 0x0b, LsrThre = 0x20;

    // A port that nobody decodes reads as ones: THRE is set and bytes are lost, but no boot hangs.
    private const int Patience = 1_000_000;

    /// <summary>115200 baud, 8N1, no interrupts (PC16550D 8.3, 8.6).</summary>
    public static void Initialize()
    {
        PortIo.Out8(Ier, 0);
        PortIo.Out8(Lcr, LcrEightBits | LcrDlab);
        PortIo.Out8(Dll, 1);
        PortIo.Out8(Dlm, 0);
        PortIo.Out8(Lcr, LcrEightBits);
        PortIo.Out8(Fcr, FcrEnableClear);
        PortIo.Out8(Mcr, McrDtrRtsOut2);
    }

    public static void Write(ReadOnlySpan<byte> text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            for (int patience = Patience; patience > 0 && (PortIo.In8(Lsr) & LsrThre) == 0; patience--)
            {
            }
            PortIo.Out8(Thr, text[i]);
        }
    }
}
