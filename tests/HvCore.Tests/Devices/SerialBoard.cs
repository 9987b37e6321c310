using Bulkhead.Diagnostics;

namespace Bulkhead.Tests.Core;

/// <summary>A guest's virtual UART between the board's console, whose wire the test holds, and an interrupt controller.</summary>
internal abstract class SerialBoard
{
    public ConsoleMultiplexer<FakeUart, FakeClock> Mux;
    public LineController Controller;
    public readonly FakeLine Wire = new();

    protected SerialBoard()
    {
        Mux.Uart.Line = Wire;
        Mux.Initialize(100);
        Mux.AddGuest(ConsoleMultiplexerTests.Name("guest"));
    }

    /// <summary>Bytes arrived for the guest.</summary>
    protected abstract void Received();

    /// <summary>The console has room again.</summary>
    protected abstract void SpaceReturned();

    public void Type(int bytes, int first = 0x40)
    {
        for (int i = 0; i < bytes; i++)
            Wire.ToReceive.Enqueue((byte)(first + i % 32));
        Receive();
    }

    /// <summary>The board's interrupt for what came over the wire.</summary>
    public void Receive()
    {
        if (Mux.Receive() != 0)
            Received();
    }

    public void Service()
    {
        if (Mux.Service() != 0)
            SpaceReturned();
    }
}
