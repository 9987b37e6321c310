using System;
using System.Collections.Generic;
using Bulkhead.Devices;
using Bulkhead.Simulation.Scheduling;
using Bulkhead.X86.Apic;

namespace Bulkhead.Simulation.Checks;

/// <summary>
/// Three vCPUs of a PC: they send each other interrupts and NMIs, a device's level comes through the I/O APIC and moves
/// between them, and the first one starts the others by INIT and STARTUP, again and again. Nothing that is owed is lost.
/// </summary>
internal sealed class ApicRace : RaceWorld
{
    private const int Rounds = 5, Cpus = 3;
    private const uint Pin = 5, LevelVector = 0x60, FirstVector = 0x40, Gsi = 21;
    private const ulong LocalPage = 0xfee0_0000;

    private static ApicRace s_here = null!;
    // A page boundary's alignment is not needed where no hardware walks it.
    private static VirtualApics s_apics;

    private readonly bool[] _kicked = new bool[Cpus], _waits = new bool[Cpus];
    private readonly Dictionary<(uint Cpu, uint Vector), (long Raised, long Taken)> _owed = [];
    // Of each CPU: NMIs sent and taken, by the clock; the page that the newest STARTUP names; where it began.
    private readonly long[] _nmiSent = new long[Cpus], _nmiTaken = new long[Cpus];
    private readonly uint[] _started = new uint[Cpus], _wanted = new uint[Cpus];
    private long _clock;
    private int _cpu;
    private bool _line;

    private ApicRace(Life life) : base(life, "of APICs")
    {
    }

    public static void Run(Life life)
    {
        for (int round = 0; round < Rounds && life.Violation is null; round++)
        {
            s_here = new ApicRace(life);
            s_here.Race();
        }
    }

    private static ref VirtualLocalApic Apic(int cpu) => ref s_apics.Local.At((uint)cpu);

    private void Race()
    {
        s_apics = default;
        s_apics.Initialize(Cpus, LocalPage);
        for (int cpu = 0; cpu < Cpus; cpu++)
            Apic(cpu).PhysicalCpu = cpu;
        s_apics.IoApic.Assign(Pin, Gsi);
        Begin(0);
        for (_cpu = 1; _cpu < Cpus; _cpu++)
            Begin(_cpu);
        _cpu = 0;
        Route(0, 0);
        PlayOut(Cpus, 16, Act, Answer);
        if (Life.Violation is null)
            Settle();
    }

    private void Act(int cpu)
    {
        int target = Dice.Next(Cpus);
        if (!_waits[cpu])
        {
            switch (Dice.Next(8))
            {
                case 0 or 1:
                    Send(cpu, target);
                    break;
                case 2:
                    _nmiSent[target] = ++_clock;
                    Command(cpu, target, (uint)DeliveryMode.Nmi << 8);
                    break;
                case 3 when cpu == 0:
                    StartAnew(1 + Dice.Next(Cpus - 1));
                    break;
                case 4:
                    Route(cpu, target);
                    break;
                case 5 when cpu == 0:
                    RaiseLine(cpu);
                    break;
                default:
                    Handle(cpu);
                    break;
            }
        }
        Answer(cpu);
        Scheduler.Point();
    }

    // A vector of its own for each sender: what is sent again before it was taken merges.
    private void Send(int cpu, int target)
    {
        uint vector = FirstVector + (uint)(Dice.Next(2) * 0x50 + cpu);
        Raised((uint)target, vector);
        Command(cpu, target, vector);
    }

    private static void Command(int cpu, int target, uint command) => InterruptCommand<Hardware>.Send(ref s_apics, ref Apic(cpu), command, (uint)target);

    // As kernels do it: INIT, and STARTUP twice.
    private void StartAnew(int target)
    {
        uint page = (uint)Dice.Between(1, 0x9f);
        Command(0, target, (uint)DeliveryMode.Init << 8);
        Scheduler.Point();
        _wanted[target] = page;
        for (int times = Dice.Between(1, 2); times != 0; times--)
        {
            Command(0, target, (uint)DeliveryMode.StartUp << 8 | page);
            Scheduler.Point();
        }
    }

    // The device asks until the handler has served it.
    private void RaiseLine(int cpu)
    {
        _line = true;
        IoApicRegisters<Hardware>.SetLine(ref s_apics, ref Apic(cpu), Pin, true);
    }

    private static void Route(int cpu, int target)
    {
        Write(cpu, 0, 0x10 + 2 * Pin + 1, (uint)target << 24);
        Write(cpu, 0, 0x10 + 2 * Pin, IoApicEntry.Level | LevelVector);
    }

    // Two that write one entry at a time are a kernel's bug, so whoever selects also writes.
    private static void Write(int cpu, uint select, uint register, uint value)
    {
        Scheduler.Masked++;
        IoApicRegisters<Hardware>.Write(ref s_apics, ref Apic(cpu), select, AccessSize.Word, register);
        Scheduler.Masked--;
        IoApicRegisters<Hardware>.Write(ref s_apics, ref Apic(cpu), 0x10, AccessSize.Word, value);
    }

    private bool Answer(int cpu)
    {
        if (!_kicked[cpu])
            return false;
        _kicked[cpu] = false;
        ref VirtualLocalApic apic = ref Apic(cpu);
        while (apic.Inbox.Requests != 0)
        {
            uint requests = apic.Take();
            if ((requests & ApicInbox.Nmi) != 0)
                _nmiTaken[cpu] = ++_clock;
            if ((requests & ApicInbox.Init) != 0)
            {
                apic.Reset();
                Forget(cpu);
                _waits[cpu] = true;
            }
            if ((requests & ApicInbox.StartUp) == 0 || !_waits[cpu])
                continue;
            _waits[cpu] = false;
            _started[cpu] = (uint)(ApicInbox.StartAddress(requests) >> 12);
            Begin(cpu);
        }
        return true;
    }

    // The first thing a kernel does: until then its APIC takes nothing.
    private void Begin(int cpu)
    {
        LocalApicRegisters<Hardware>.WritePage(ref s_apics, ref Apic(cpu), ApicRegister.Svr, AccessSize.Word, ApicRegister.SvrEnabled | 0xff);
        Forget(cpu);
    }

    private void Forget(int cpu)
    {
        foreach ((uint Cpu, uint Vector) key in new List<(uint Cpu, uint Vector)>(_owed.Keys))
        {
            if (key.Cpu == cpu)
                _owed[key] = (0, 0);
        }
        _nmiSent[cpu] = 0;
    }

    // Takes the best that waits, and ends it.
    private bool Handle(int cpu)
    {
        ref VirtualLocalApic apic = ref Apic(cpu);
        uint vector = apic.Deliverable();
        if (vector == 0)
            return false;
        apic.Accept(vector);
        if (vector == LevelVector)
        {
            // Its device is one that somebody else may have served.
            Life.Check(apic.IsLevel(vector), "a level-triggered interrupt came as an edge");
            _line = false;
        }
        else
        {
            (long raised, _) = _owed[((uint)cpu, vector)];
            _owed[((uint)cpu, vector)] = (raised, ++_clock);
        }
        if (Dice.OneIn(2))
            Scheduler.Point();
        uint ended = apic.End();
        Life.Check(ended == vector, $"vector {vector:x} was taken last, and {ended:x} is ended");
        if (apic.IsLevel(vector))
            IoApicRegisters<Hardware>.End(ref s_apics, ref apic, vector);
        return true;
    }

    private void Raised(uint cpu, uint vector)
    {
        _owed.TryGetValue((cpu, vector), out (long Raised, long Taken) account);
        _owed[(cpu, vector)] = (++_clock, account.Taken);
    }

    private void Settle()
    {
        for (bool any = true; any;)
        {
            any = false;
            for (_cpu = 0; _cpu < Cpus; _cpu++)
                any |= Answer(_cpu) || !_waits[_cpu] && Handle(_cpu);
        }
        _cpu = 0;
        for (int cpu = 0; cpu < Cpus; cpu++)
        {
            if (_waits[cpu])
                Life.Fail($"vCPU {cpu} was sent a STARTUP for page {_wanted[cpu]:x}, and waits");
            else if (_wanted[cpu] != _started[cpu])
                Life.Fail($"vCPU {cpu} began at page {_started[cpu]:x}, not {_wanted[cpu]:x}");
            if (_nmiSent[cpu] > _nmiTaken[cpu])
                Life.Fail($"an NMI to vCPU {cpu} is lost");
            if (Apic(cpu).HasPending)
                Life.Fail($"vCPU {cpu} has an interrupt that never comes");
        }
        foreach (((uint cpu, uint vector), (long raised, long taken)) in _owed)
        {
            if (raised > taken)
                Life.Fail($"vector {vector:x} to vCPU {cpu} is lost");
        }
        CheckLine();
    }

    // What asks is asked for again, unless it was with a vCPU that an INIT took it from.
    private void CheckLine()
    {
        bool mayBeLost = _wanted[1] != 0 || _wanted[2] != 0;
        if (_line && !mayBeLost)
            Life.Fail("a level-triggered interrupt asks, and is with nobody");
    }

    private readonly struct Hardware : IApicHardware
    {
        public static void Kick(int physicalCpu)
        {
            Scheduler.Point();
            s_here._kicked[physicalCpu] = true;
        }

        public static ulong ReadTsc() => 1;

        // The board's line is looked at again: while the device asks, it fires again.
        public static void EndPhysical(uint gsi)
        {
            if (s_here._line)
                s_here.RaiseLine(Scheduler.HasCurrent ? Scheduler.Current.Cpu : s_here._cpu);
        }
    }
}
