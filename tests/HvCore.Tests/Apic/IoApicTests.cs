using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Bulkhead.Devices;
using Bulkhead.Tests.Gic;
using Bulkhead.X86.Apic;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Bulkhead.Tests.Apic;

public sealed class IoApicTests
{
    /// <summary>
    /// A guest with an I/O APIC and four vCPUs beside a plain account: entries, lines, remote IRR, and every message
    /// that was owed to a local APIC. vCPUs have their APICs in x2APIC mode, so messages are easy to follow.
    /// </summary>
    private sealed class Model
    {
        private const uint Vcpus = 4;
        private readonly FakeApics _board = new(Vcpus);
        private readonly ulong[] _entry = [.. Enumerable.Repeat(0x10000ul, 24)];
        private readonly bool[] _line = new bool[24];
        private readonly bool[] _remoteIrr = new bool[24];
        private readonly HashSet<(uint Vcpu, uint Vector)> _pending = [];
        private readonly HashSet<(uint Vcpu, uint Vector)> _level = [];
        private readonly List<uint> _endedGsis = [];

        public string? Failure;
        public readonly List<string> Trace = [];

        public Model()
        {
            _board.StartInX2Apic();
            // Pin 20 is a board's GSI.
            _board.State.IoApic.Assign(20, 120);
        }

        public void Do(int code)
        {
            if (Failure != null)
                return;
            Dice dice = new(code);
            uint self = (uint)dice.Next((int)Vcpus);
            uint pin = (uint)(dice.Next(2) == 0 ? 20 + dice.Next(4) : dice.Next(24));
            switch (dice.Next(8))
            {
                case 0 or 1:
                    WriteEntry(self, pin, ref dice);
                    break;
                case 2 or 3 or 4:
                    SetLine(self, pin, dice.Next(3) != 0, dice.Next(4) == 0);
                    break;
                case 5 or 6:
                    End(self);
                    break;
                default:
                    EndByRegister(self, 0x38 + (uint)dice.Next(8));
                    break;
            }
            Compare();
        }

        private void Write(uint self, uint register, uint value)
        {
            IoApicRegisters<FakeApics.Hardware>.Write(ref _board.State, ref _board.Apic(self), 0, AccessSize.Word, register);
            IoApicRegisters<FakeApics.Hardware>.Write(ref _board.State, ref _board.Apic(self), 0x10, AccessSize.Word, value);
        }

        private uint Read(uint register)
        {
            _board.State.IoApic.Select = register;
            return IoApicRegisters<FakeApics.Hardware>.Read(ref _board.State.IoApic, 0x10, AccessSize.Word);
        }

        private void WriteEntry(uint self, uint pin, ref Dice dice)
        {
            uint low = 0x30 + (uint)dice.Next(8) | (uint)new[] { 0, 0, 0, 1, 4, 2, 7 }[dice.Next(7)] << 8 | (uint)dice.Next(2) << 11
                | (uint)dice.Next(2) << 13 | (uint)(dice.Next(4) / 3) << 16 | (uint)dice.Next(2) << 14;
            // A vector is for levels or for edges: TMR has one bit for it.
            if (dice.Next(2) != 0)
                low |= 0x8008;
            uint high = (uint)(dice.Next(8) == 0 ? 0xff : dice.Next(6)) << 24;
            Trace.Add($"{self}: pin {pin} = {high:x8}{low:x8}");
            Write(self, 0x11 + 2 * pin, high | 0x123456);
            Write(self, 0x10 + 2 * pin, low | 0xfffe0000);
            _entry[pin] = (ulong)high << 32 | low & 0x1afff;
            if ((low & 0x8000) == 0)
                _remoteIrr[pin] = false;
            TryLevel(pin);
        }

        private void SetLine(uint self, uint pin, bool asserted, bool outside)
        {
            Trace.Add($"{self}: line {pin} {asserted}");
            if (outside)
                IoApicRegisters<FakeApics.Hardware>.SetLineFromOutside(ref _board.State, pin, asserted);
            else
                IoApicRegisters<FakeApics.Hardware>.SetLine(ref _board.State, ref _board.Apic(self), pin, asserted);
            bool rise = asserted && !_line[pin];
            _line[pin] = asserted;
            if ((_entry[pin] & 0x18000) == 0 && rise)
                Send(pin);
            TryLevel(pin);
        }

        private void TryLevel(uint pin)
        {
            if ((_entry[pin] & 0x18000) == 0x8000 && _line[pin] && !_remoteIrr[pin])
                _remoteIrr[pin] = Send(pin);
        }

        // True if a local APIC took it and owes an end.
        private bool Send(uint pin)
        {
            ulong entry = _entry[pin];
            uint destination = (uint)(entry >> 56);
            IEnumerable<uint> targets = Enumerable.Range(0, (int)Vcpus).Select(v => (uint)v)
                .Where(v => (entry & 0x800) != 0 ? (destination >> (int)v & 1) != 0 : destination == 0xff || destination == v);
            uint mode = (uint)entry >> 8 & 7;
            if (mode > 1)
                return false;
            if (mode == 1)
                targets = targets.Take(1);
            uint[] chosen = [.. targets];
            foreach (uint target in chosen)
            {
                _pending.Add((target, (uint)entry & 0xff));
                if ((entry & 0x8000) != 0)
                    _level.Add((target, (uint)entry & 0xff));
                else
                    _level.Remove((target, (uint)entry & 0xff));
            }
            return chosen.Length != 0;
        }

        // The vCPU takes its interrupts and ends them, highest first.
        private void End(uint self)
        {
            Trace.Add($"{self}: ends");
            ref VirtualLocalApic apic = ref _board.Apic(self);
            apic.Take();
            while (true)
            {
                uint vector = apic.Deliverable();
                uint expected = _pending.Where(p => p.Vcpu == self).Select(p => p.Vector).DefaultIfEmpty().Max();
                if (vector != expected)
                {
                    Failure = $"{self}: takes {vector:x}, not {expected:x}";
                    return;
                }
                if (vector == 0)
                    break;
                apic.Accept(vector);
                _pending.Remove((self, vector));
                bool level = _level.Contains((self, vector));
                if (apic.IsLevel(vector) != level)
                    Failure = $"{self}: {vector:x} level {!level}";
                _board.WriteMsr(self, ApicRegister.Eoi, 0);
                if (level)
                    Ended(vector);
                // What comes again at once would come for ever: its device is served.
                for (uint pin = 0; pin < 24; pin++)
                {
                    if (_line[pin] && ((uint)_entry[pin] & 0xff) == vector)
                        SetLine(self, pin, false, false);
                }
                // Others' vectors that this freed may be here now.
                apic.Take();
            }
        }

        private void EndByRegister(uint self, uint vector)
        {
            Trace.Add($"{self}: EOI register {vector:x}");
            IoApicRegisters<FakeApics.Hardware>.Write(ref _board.State, ref _board.Apic(self), 0x40, AccessSize.Word, vector);
            Ended(vector);
        }

        private void Ended(uint vector)
        {
            uint[] pins = [.. Enumerable.Range(0, 24).Select(p => (uint)p).Where(p => _remoteIrr[p] && ((uint)_entry[p] & 0xff) == vector)];
            foreach (uint pin in pins)
            {
                _remoteIrr[pin] = false;
                if (pin == 20)
                {
                    _line[20] = false;
                    _endedGsis.Add(120);
                }
            }
            foreach (uint pin in pins)
                TryLevel(pin);
        }

        private void Compare()
        {
            for (uint pin = 0; pin < 24; pin++)
            {
                uint low = (uint)_entry[pin] | (_remoteIrr[pin] ? 0x4000u : 0);
                if (Read(0x10 + 2 * pin) != low || Read(0x11 + 2 * pin) != (uint)(_entry[pin] >> 32))
                    Failure ??= $"pin {pin} reads {Read(0x10 + 2 * pin):x}, not {low:x}";
            }
            if (!_endedGsis.SequenceEqual(_board.EndedGsis))
                Failure ??= "ended GSIs";
            foreach (uint vcpu in _pending.Select(p => p.Vcpu))
            {
                ref VirtualLocalApic apic = ref _board.Apic(vcpu);
                if (!apic.HasPending && (apic.Inbox.Requests == 0 || !_board.Kicked.Contains(10 + (int)vcpu)))
                    Failure ??= $"{vcpu} was told nothing";
            }
        }
    }

    [Fact]
    public void It_does_what_the_data_sheet_says()
    {
        Property property = Prop.ForAll(Arb.From(Gen.Choose(0, int.MaxValue).ArrayOf(), LocalApicTests.Shrink), steps =>
        {
            Model guest = new();
            foreach (int step in steps)
                guest.Do(step);
            return (guest.Failure == null).Label($"{guest.Failure}: {string.Join("; ", guest.Trace)}");
        });
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300).WithStartSize(20).WithEndSize(300), property);
    }

    // A kernel asks how many there are and then works on each: nobody pays for pins without a wire.
    [Fact]
    public void Pins_end_with_the_last_that_is_wired()
    {
        VirtualApics apics = default;
        apics.Initialize(1, 0xfee0_0000, 4);
        Assert.Equal(4u << 16 | 0x20, apics.IoApic.Version);
        foreach ((uint pin, uint expected) in new[] { (4u, 0x41u), (5u, 0u) })
        {
            apics.IoApic.Select = 0x10 + 2 * pin;
            IoApicRegisters<FakeApics.Hardware>.Write(ref apics, ref apics.Local.At(0), 0x10, AccessSize.Word, 0x41);
            Assert.Equal(expected, IoApicRegisters<FakeApics.Hardware>.Read(ref apics.IoApic, 0x10, AccessSize.Word));
        }
        apics.IoApic.Assign(20, 120);
        Assert.Equal(20u << 16 | 0x20, apics.IoApic.Version);
    }

    [Fact]
    public void Its_other_registers()
    {
        FakeApics board = new(1);
        ref VirtualLocalApic apic = ref board.Apic(0);
        Write(0, 0x0500_0000);
        Assert.Equal(0x0500_0000u, Read(0));
        Assert.Equal(0x0017_0020u, Read(1));
        Assert.Equal(0u, Read(2));
        Write(0x40, 0x1234);
        Assert.Equal(0u, Read(0x40));
        for (uint register = 0x10; register < 0x40; register += 2)
            Assert.Equal(0x10000u, Read(register));
        for (uint offset = 0; offset < 0x1000; offset++)
        {
            IoApicRegisters<FakeApics.Hardware>.Write(ref board.State, ref apic, offset, AccessSize.Byte, 0xff);
            IoApicRegisters<FakeApics.Hardware>.Read(ref board.State.IoApic, offset, AccessSize.DoubleWord);
        }

        uint Read(uint register)
        {
            board.State.IoApic.Select = register;
            return IoApicRegisters<FakeApics.Hardware>.Read(ref board.State.IoApic, 0x10, AccessSize.Word);
        }

        void Write(uint register, uint value)
        {
            board.State.IoApic.Select = register;
            IoApicRegisters<FakeApics.Hardware>.Write(ref board.State, ref board.Apic(0), 0x10, AccessSize.Word, value);
        }
    }

    // A level line that two CPUs serve: whoever ends it while the line is up gets it again.
    [Fact]
    public void A_level_is_never_lost_between_CPUs()
    {
        FakeApics board = new(2);
        board.StartInX2Apic();
        board.State.IoApic.Select = 0x10;
        IoApicRegisters<FakeApics.Hardware>.Write(ref board.State, ref board.Apic(0), 0x10, AccessSize.Word, 0x8040);
        const int total = 30_000;
        int raised = 0, served = 0;
        Thread device = new(() =>
        {
            board.Use();
            for (int i = 0; i < total; i++)
            {
                Volatile.Write(ref raised, i + 1);
                IoApicRegisters<FakeApics.Hardware>.SetLineFromOutside(ref board.State, 0, true);
                while (Volatile.Read(ref served) != i + 1)
                    Thread.Yield();
            }
        });
        device.Start();
        long deadline = System.Environment.TickCount64 + 600_000;
        ref VirtualLocalApic apic = ref board.Apic(0);
        while (served < total)
        {
            Assert.True(System.Environment.TickCount64 < deadline, $"stuck after {served}");
            lock (board.Kicked)
            {
                if (!board.Kicked.Remove(10) && !apic.HasPending)
                    continue;
            }
            apic.Take();
            uint vector = apic.Deliverable();
            if (vector == 0)
                continue;
            apic.Accept(vector);
            int now = Volatile.Read(ref raised);
            IoApicRegisters<FakeApics.Hardware>.SetLine(ref board.State, ref apic, 0, false);
            Volatile.Write(ref served, now);
            board.WriteMsr(0, ApicRegister.Eoi, 0);
        }
        device.Join();
    }
}
