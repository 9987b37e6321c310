using System;
using System.Runtime;
using System.Runtime.CompilerServices;
using Bulkhead.Memory;

namespace Bulkhead.Arm64.FirstStage;

/// <summary>A PL011, polled, transmit only (DDI 0183 3.3): for the few lines said before there is a hypervisor.</summary>
internal readonly struct EarlyUart(HostPhys registers)
{
    private const uint Dr = 0x00, Fr = 0x18, LcrH = 0x2c, Cr = 0x30;
    private const uint FrTransmitFull = 1 << 5;
    private const uint LcrEightBitsFifo = 0x70;
    private const uint CrEnableBoth = 0x301;

    private readonly ulong _registers = registers.Value;

    public void Write(ReadOnlySpan<byte> text)
    {
        Mmio32Write(_registers + LcrH, LcrEightBitsFifo);
        Mmio32Write(_registers + Cr, CrEnableBoth);
        for (int i = 0; i < text.Length; i++)
        {
            while ((Mmio32Read(_registers + Fr) & FrTransmitFull) != 0)
                ;
            Mmio32Write(_registers + Dr, text[i]);
        }
    }

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Mmio32Write")]
    private static extern void Mmio32Write(ulong address, uint value);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Mmio32Read")]
    private static extern uint Mmio32Read(ulong address);
}
