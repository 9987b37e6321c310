using System;
using System.Collections.Generic;
using System.Text;
using Bulkhead.Devices;
using Bulkhead.Diagnostics;
using Bulkhead.Partitions;
using Bulkhead.Simulation.Scheduling;

namespace Bulkhead.Simulation.Checks;

/// <summary>
/// Two CPUs write to the console at once and are never heard of again: all their bytes are on the wire then, or
/// something is armed that sends them. A mark that nobody looks at would be a line that comes with the next one, if ever.
/// </summary>
internal sealed class ConsoleRace : RaceWorld
{
    private const int Rounds = 20, Cpus = 2;

    private readonly int[] _written = new int[Cpus];
    private ConsoleMultiplexer<Wire, Wire> _console;
    private int _busy = Cpus;

    private ConsoleRace(Life life) : base(life, "for the console")
    {
    }

    public static void Run(Life life)
    {
        for (int round = 0; round < Rounds && life.Violation is null; round++)
            new ConsoleRace(life).Race();
    }

    private void Race()
    {
        Wire.Sent.Clear();
        Wire.IsArmed = false;
        _console.Initialize(1000);
        for (int source = 0; source < Cpus; source++)
        {
            FixedName name = default;
            name[0] = (byte)('a' + source);
            _console.AddGuest(in name);
        }
        Scheduler.Run(this, Dice, Cpus, Dice.Of(1, 2, 4), cpu =>
        {
            for (int other = 1; other < Cpus; other++)
                Scheduler.Start(other);
            Write(cpu);
            for (_busy--; _busy != 0;)
                Scheduler.Spin();
        });
        // A line that is open keeps the other's back for a while; the timer that ends this is IsHolding's to ask for.
        bool isOwed = Wire.IsArmed || _console.IsHolding;
        for (int source = 0; source < Cpus && !isOwed && Life.Violation is null; source++)
        {
            int missing = _written[source] - Count((char)('A' + source));
            if (missing != 0)
                Life.Fail($"{missing} bytes of a console stay in their ring, and nothing will send them");
        }
    }

    private void Write(int cpu)
    {
        byte value = (byte)('A' + cpu);
        for (int lines = Dice.Between(1, 2); lines != 0; lines--)
        {
            if (Dice.OneIn(2))
            {
                _console.Write(cpu, [value, value, (byte)'\n']);
                _written[cpu]++;
            }
            else
            {
                _console.Write(cpu, value);
                _console.Write(cpu, (byte)'\n');
            }
            _written[cpu]++;
        }
    }

    private static int Count(char value) => Encoding.Latin1.GetString([.. Wire.Sent]).AsSpan().Count(value);

    /// <summary>A line that is always fast enough.</summary>
    private readonly struct Wire : IUart, IClock
    {
        public static readonly List<byte> Sent = [];
        public static bool IsArmed;

        public static ulong Now() => 0;

        public uint TransmitRoom() => 16;

        public void Transmit(byte value)
        {
            Scheduler.Point();
            Sent.Add(value);
        }

        public bool TryReceive(out byte value)
        {
            value = 0;
            return false;
        }

        public void SetTransmitInterrupt(bool enabled)
        {
            Scheduler.Point();
            IsArmed = enabled;
        }
    }
}
