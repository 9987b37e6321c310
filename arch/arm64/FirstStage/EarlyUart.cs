using System;
using Bulkhead.Memory;

namespace Bulkhead.Arm64.FirstStage;

/// <summary>A PL011, polled, transmit only (DDI 0183 3.3): for the few lines said before there is a hypervisor.</summary>
internal readonly struct EarlyUart(HostPhys registers)
{
    private const uint Dr = 0x00, Fr = 0x18, LcrH = 0x2c, Cr = 0x30;
    private const uint FrTransmitFull = 1 << 5;
    private const uint LcrEightBitsFifo = 0x70;
    private const uint CrEnableBoth = 0x301;

    public void Write(ReadOnlySpan<byte> text)
    {
        Mmio.Write32(registers + LcrH, LcrEightBitsFifo);
        Mmio.Write32(registers + Cr, CrEnableBoth);
        for (int i = 0; i < text.Length; i++)
        {
            while ((Mmio.Read32(registers + Fr) & FrTransmitFull) != 0)
                ;
            Mmio.Write32(registers + Dr, text[i]);
        }
    }
}
