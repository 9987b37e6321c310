using System;
using Bulkhead.X86.Host;

namespace Bulkhead.X86.FirstStage;

/// <summary>A 16550 at the speed that firmware left, polled, transmit only: for the few lines said before there is a hypervisor.</summary>
internal readonly struct EarlyUart(ushort port)
{
    private const ushort LineControl = 3, LineStatus = 5;
    private const byte EightBits = 0b11;
    private const byte TransmitterEmpty = 1 << 5;
    // A port with no UART behind it reads as ones; one that never empties is given up.
    private const int Patience = 1_000_000;

    public void Write(ReadOnlySpan<byte> text)
    {
        // The BIOS of Bochs leaves it at five.
        PortIo.Out8((ushort)(port + LineControl), EightBits);
        for (int i = 0; i < text.Length; i++)
        {
            int patience = Patience;
            while ((PortIo.In8((ushort)(port + LineStatus)) & TransmitterEmpty) == 0 && --patience > 0)
                ;
            PortIo.Out8(port, text[i]);
        }
    }
}
