using System;
using Bulkhead.Devices;
using Bulkhead.Diagnostics;
using Bulkhead.Simulation.Scheduling;

namespace Bulkhead.Simulation.Checks;

/// <summary>
/// Bytes come for a guest's PL011 on one CPU while a vCPU reads on another: at the end the interrupt line is up exactly
/// when a byte is left. A guest that reads on an interrupt alone would hang, or be interrupted for ever.
/// </summary>
internal sealed class UartRace : RaceWorld
{
    private const int Rounds = 5, Vcpu = 1;

    private ConsoleMultiplexer<Silence, Silence> _console;
    private VirtualPl011 _uart;
    private bool _line;
    private int _busy = 2;

    private UartRace(Life life) : base(life, "for a PL011")
    {
    }

    public static void Run(Life life)
    {
        for (int round = 0; round < Rounds && life.Violation is null; round++)
            new UartRace(life).Race();
    }

    private void Race()
    {
        _uart.Initialize(0);
        Pin pin = new(this);
        Write(Pl011.UARTLCR_H, (uint)Dice.Next(2) * Pl011.FEN, ref pin);
        Write(Pl011.UARTIFLS, 0, ref pin);
        Write(Pl011.UARTIMSC, Pl011.RX | Pl011.RT, ref pin);
        Scheduler.Run(this, Dice, 2, Dice.Of(1, 2, 4), cpu =>
        {
            Scheduler.Start(Vcpu);
            if (cpu == Vcpu)
                Read();
            else
                Put();
            for (_busy--; _busy != 0;)
                Scheduler.Spin();
        });
        uint left = _console.Receive(0).Count;
        if (Life.Violation is null && _line != (left != 0))
            Life.Fail($"a PL011 with {left} bytes has its interrupt line {(_line ? "up" : "down")}");
    }

    private void Put()
    {
        for (int count = Dice.Between(1, 9); count != 0; count--)
        {
            _console.Receive(0).Put((byte)count);
            if (!Dice.OneIn(3))
                continue;
            Tell();
        }
        Tell();
    }

    private void Tell()
    {
        Pin pin = new(this);
        _uart.Received<ConsoleMultiplexer<Silence, Silence>, Pin, Pin>(ref _console, ref pin);
    }

    private void Read()
    {
        Pin pin = new(this);
        for (int looks = Dice.Between(1, 12); looks != 0; looks--)
        {
            if ((_uart.ReadFlags(ref _console) & Pl011.RXFE) == 0)
                _uart.Read<ConsoleMultiplexer<Silence, Silence>, Pin, Pin>(Pl011.UARTDR, AccessSize.Word, ref _console, ref pin);
        }
    }

    private void Write(uint offset, uint value, ref Pin pin) => _uart.Write<ConsoleMultiplexer<Silence, Silence>, Pin, Pin>(offset, value, ref _console, ref pin);

    /// <summary>Its interrupt output.</summary>
    private readonly struct Pin(UartRace race) : IInterruptLine<Pin>
    {
        private readonly UartRace _race = race;

        public static void Set(ref Pin context, bool asserted) => context._race._line = asserted;
    }

    /// <summary>A board's line on which nothing is sent, and a clock that stands.</summary>
    private readonly struct Silence : IUart, IClock
    {
        public static ulong Now() => 0;

        public uint TransmitRoom() => 0;

        public void Transmit(byte value)
        {
        }

        public bool TryReceive(out byte value)
        {
            value = 0;
            return false;
        }

        public void SetTransmitInterrupt(bool enabled)
        {
        }
    }
}
