using System;
using Bulkhead.Devices;
using Bulkhead.Diagnostics;
using Bulkhead.Simulation.Scheduling;

namespace Bulkhead.Simulation.Checks;

/// <summary>
/// Bytes come for a guest's UART on one CPU while a vCPU reads on another: at the end the interrupt line is up exactly
/// when a byte is left. A guest that reads on an interrupt alone would hang, or be interrupted for ever.
/// </summary>
internal sealed class UartRace<TUart>(Life life, UartKind kind) : RaceWorld(life, "for a UART") where TUart : struct, IVirtualUart
{
    private const int Rounds = 5, Vcpu = 1;

    private ConsoleMultiplexer<Silence, Silence> _console;
    private TUart _uart = new();
    private bool _line;
    private int _busy = 2;

    public static void Run(Life life, Func<Dice, UartKind> kind)
    {
        for (int round = 0; round < Rounds && life.Violation is null; round++)
            new UartRace<TUart>(life, kind(life.Dice)).Race();
    }

    private void Race()
    {
        _uart.Initialize(0);
        Pin pin = new(this);
        foreach ((uint register, uint value) in kind.SetUp)
            _uart.Write<ConsoleMultiplexer<Silence, Silence>, Pin, Pin>(register, value, ref _console, ref pin);
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
            Life.Fail($"a {kind.Name} with {left} bytes has its interrupt line {(_line ? "up" : "down")}");
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
            if (kind.HasByte(Read(kind.Flags, ref pin)))
                Read(kind.Data, ref pin);
        }
    }

    private uint Read(uint register, ref Pin pin) => _uart.Read<ConsoleMultiplexer<Silence, Silence>, Pin, Pin>(register, AccessSize.Word, ref _console, ref pin);

    /// <summary>Its interrupt output.</summary>
    private readonly struct Pin(UartRace<TUart> race) : IInterruptLine<Pin>
    {
        private readonly UartRace<TUart> _race = race;

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
