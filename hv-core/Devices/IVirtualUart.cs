namespace Bulkhead.Devices;

/// <summary>A guest's UART, whichever it is; all of its calls may come from several CPUs at once.</summary>
public interface IVirtualUart
{
    /// <summary>The state after reset; the interrupt line is low.</summary>
    /// <param name="port">Its number at the other end.</param>
    void Initialize(int port);

    uint Read<TEnd, TLine, TContext>(uint offset, AccessSize size, ref TEnd end, ref TContext context)
        where TEnd : struct, ISerialEnd
        where TLine : struct, IInterruptLine<TContext>
        where TContext : struct;

    void Write<TEnd, TLine, TContext>(uint offset, uint value, ref TEnd end, ref TContext context)
        where TEnd : struct, ISerialEnd
        where TLine : struct, IInterruptLine<TContext>
        where TContext : struct;

    /// <summary>The other end has put bytes into the receive ring.</summary>
    void Received<TEnd, TLine, TContext>(ref TEnd end, ref TContext context)
        where TEnd : struct, ISerialEnd
        where TLine : struct, IInterruptLine<TContext>
        where TContext : struct;

    /// <summary>There is space in the transmit ring again, as it wanted.</summary>
    void SpaceReturned<TEnd, TLine, TContext>(ref TEnd end, ref TContext context)
        where TEnd : struct, ISerialEnd
        where TLine : struct, IInterruptLine<TContext>
        where TContext : struct;

    /// <summary>The state after reset, at the guest's end; other CPUs may still drain and receive. What it sent has left.</summary>
    void Reset<TEnd, TLine, TContext>(ref TEnd end, ref TContext context)
        where TEnd : struct, ISerialEnd
        where TLine : struct, IInterruptLine<TContext>
        where TContext : struct;
}
