using Bulkhead.Memory;

namespace Bulkhead.Devices;

/// <summary>The board's PL011 (ARM DDI 0183G): 8N1 with FIFOs, at the speed firmware or reset left.</summary>
public struct PhysicalPl011<TMmio> : IUart where TMmio : struct, IMmio
{
    private HostPhys _base;
    private uint _depth;
    private uint _mask;

    /// <summary>
    /// FIFOs on; transmit interrupt at half and receive at half, with the receive timeout. The transmit interrupt stays
    /// off until asked for. It comes when the FIFO falls through its level (2.7.2), so more than half a FIFO
    /// must have been sent at least once before it is relied on: the hypervisor's first line does that.
    /// </summary>
    public void Initialize(HostPhys address)
    {
        _base = address;
        _mask = Pl011.RX | Pl011.RT;
        _depth = (TMmio.Read32(address + Pl011.UARTPeriphID2) >> 4 & 15) >= 3 ? Pl011.FifoDepth : Pl011.OldFifoDepth;
        // 3.3.8's order: off, the line's shape, on. Bytes already in the transmit FIFO are firmware's; let it finish.
        for (int patience = 100_000; patience > 0 && (TMmio.Read32(address + Pl011.UARTFR) & Pl011.BUSY) != 0; patience--)
        {
        }
        TMmio.Write32(address + Pl011.UARTCR, 0);
        TMmio.Write32(address + Pl011.UARTICR, Pl011.AllInterrupts & ~Pl011.TX);
        TMmio.Write32(address + Pl011.UARTIFLS, 2 << 3 | 2);
        TMmio.Write32(address + Pl011.UARTLCR_H, Pl011.WLEN8 | Pl011.FEN);
        TMmio.Write32(address + Pl011.UARTIMSC, _mask);
        TMmio.Write32(address + Pl011.UARTCR, Pl011.UARTEN | Pl011.TXE | Pl011.RXE);
    }

    public readonly uint TransmitRoom()
    {
        uint flags = TMmio.Read32(_base + Pl011.UARTFR);
        if ((flags & Pl011.TXFE) != 0)
            return _depth;
        return (flags & Pl011.TXFF) != 0 ? 0u : 1u;
    }

    public readonly void Transmit(byte value) => TMmio.Write32(_base + Pl011.UARTDR, value);

    public readonly bool TryReceive(out byte value)
    {
        value = 0;
        if ((TMmio.Read32(_base + Pl011.UARTFR) & Pl011.RXFE) != 0)
            return false;
        value = (byte)TMmio.Read32(_base + Pl011.UARTDR);
        return true;
    }

    public void SetTransmitInterrupt(bool enabled)
    {
        _mask = enabled ? _mask | Pl011.TX : _mask & ~Pl011.TX;
        TMmio.Write32(_base + Pl011.UARTIMSC, _mask);
    }
}
