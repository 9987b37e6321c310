using System;
using Bulkhead.Arm64.Gic;
using Bulkhead.Devices;
using Bulkhead.Simulation.Hardware;
using Bulkhead.Simulation.Scheduling;

namespace Bulkhead.Simulation.Checks;

/// <summary>
/// Three vCPUs send one shared interrupt to and fro while it is raised, taken, ended and cleared: it is in one list register
/// at a time, at last with the vCPU that it is routed to, and nothing of all that happens to the next one.
/// </summary>
internal sealed class GicRace : RaceWorld, IGicBoard
{
    private const int Rounds = 5, Cpus = 3, Registers = 3;
    private const uint Intid = 33, Bank = Intid / 32, Bit = 1u << (int)(Intid % 32);
    private const uint Group = 0x80, SetEnable = 0x100, SetPending = 0x200, ClearPending = 0x280, ClearActive = 0x380, Router = 0x6000;

    private readonly ListRegisters[] _lists = new ListRegisters[Cpus];
    private readonly bool[] _kicked = new bool[Cpus];
    // Taken and not ended, by the guest's own count.
    private readonly int[] _handling = new int[Cpus];
    private readonly PhysicalInterrupt _nothing = new();
    private VirtualGic _gic;
    private int _cpu, _busy = Cpus, _inside = Cpus;

    private GicRace(Life life) : base(life, "for an interrupt")
    {
        for (int cpu = 0; cpu < Cpus; cpu++)
            _lists[cpu] = new ListRegisters(Registers, _ => { });
    }

    public static void Run(Life life)
    {
        for (int round = 0; round < Rounds && life.Violation is null; round++)
        {
            GicRace race = new(life);
            SimulatedGic.Board = race;
            race.Race();
        }
    }

    public int Cpu => Scheduler.HasCurrent ? Scheduler.Current.Cpu : _cpu;

    private void Race()
    {
        _gic.Initialize(Cpus, 3);
        for (_cpu = 0; _cpu < Cpus; _cpu++)
        {
            _gic.Vcpu(_cpu).PhysicalCpu = _cpu;
            Lifecycle<SimulatedGic>.ResetCpu(ref _gic, _cpu);
        }
        _cpu = 0;
        Write(Group + Bank * 4, Bit);
        Write(0, 2);
        Write(SetEnable + Bank * 4, Bit);
        Scheduler.Run(this, Dice, Cpus, Dice.Of(1, 2, 4, 16), cpu =>
        {
            for (int other = 1; other < Cpus; other++)
                Scheduler.Start(other);
            for (int acts = Dice.Between(4, 16); acts != 0; acts--)
                Act(cpu);
            // Who is asked by another answers until nobody asks any more; then all leave together, in the middle of nothing.
            for (_busy--; _busy != 0; Scheduler.Spin())
                Answer(cpu);
            for (_inside--; _inside != 0;)
                Scheduler.Spin();
        });
        if (Life.Violation is null)
            Settle();
    }

    private void Act(int cpu)
    {
        switch (Dice.Next(8))
        {
            case 0:
                Write(SetPending + Bank * 4, Bit);
                break;
            case 1 or 2:
                DistributorRegisters<SimulatedGic>.Write(ref _gic, cpu, Router + Intid * 8, AccessSize.DoubleWord, (ulong)Dice.Next(Cpus));
                break;
            case 3 when cpu == 0:
                // Its device is one.
                Delivery<SimulatedGic>.SetLine(ref _gic, cpu, Intid, Dice.OneIn(2));
                break;
            case 4 when _lists[cpu].Best >= 0:
                Take(cpu);
                break;
            case 5 when _handling[cpu] != 0:
                End(cpu);
                break;
            case 6:
                Write(ClearPending + Bank * 4, Bit);
                break;
            case 7:
                Write(ClearActive + Bank * 4, Bit);
                break;
        }
        Answer(cpu);
        Scheduler.Point();
    }

    private void Take(int cpu)
    {
        _lists[cpu].Acknowledge();
        _handling[cpu]++;
    }

    // Also where somebody else has ended it before: the priority drops then.
    private void End(int cpu)
    {
        _lists[cpu].End(Intid);
        _handling[cpu]--;
    }

    private bool Answer(int cpu)
    {
        bool any = _kicked[cpu];
        _kicked[cpu] = false;
        if (any)
            Delivery<SimulatedGic>.Drain(ref _gic, cpu);
        if (!_lists[cpu].Maintenance)
            return any;
        Delivery<SimulatedGic>.OnMaintenance(ref _gic, cpu);
        return true;
    }

    // All that was asked for is done: the next one comes, stays, and is active until it is ended.
    private void TakeAnother()
    {
        _cpu = 0;
        Delivery<SimulatedGic>.SetLine(ref _gic, 0, Intid, false);
        Quieten();
        for (bool any = true; any;)
        {
            any = false;
            for (int cpu = 0; cpu < Cpus; cpu++)
            {
                if (_lists[cpu].Best >= 0)
                    Take(cpu);
                any |= _handling[cpu] != 0;
                while (_handling[cpu] != 0)
                    End(cpu);
            }
            Quieten();
        }
        _cpu = 0;
        Write(SetPending + Bank * 4, Bit);
        Quieten();
        Recheck();
        ListRegisters mine = _lists[_gic.RouteOf(Intid)];
        if (mine.Best < 0)
            Life.Fail("an interrupt that came when all was at rest is lost");
        else
            mine.Acknowledge();
        Recheck();
        if (!Array.Exists(mine.Values, one => one.IsActive))
            Life.Fail("an active interrupt is ended by nobody");
    }

    private void Recheck()
    {
        _cpu = 0;
        Delivery<SimulatedGic>.RequestRecheck(ref _gic, 0);
        Quieten();
    }

    private void Quieten()
    {
        for (bool any = true; any;)
        {
            any = false;
            for (_cpu = 0; _cpu < Cpus; _cpu++)
                any |= Answer(_cpu);
        }
        _cpu = 0;
    }

    private void Settle()
    {
        Quieten();
        int routes = 0;
        for (int vcpu = 0; vcpu < Cpus; vcpu++)
            routes += (_gic.Bank(0, Bank).Routed.At(vcpu) & Bit) != 0 ? 1 : 0;
        if (routes != 1)
            Life.Fail($"an interrupt that is sent to and fro is routed to {routes} vCPUs");
        bool isListed = false;
        foreach (ListRegisters lists in _lists)
            isListed |= Array.Exists(lists.Values, one => !one.IsInvalid);
        if (_gic.Bank(0, Bank).Raised != 0 && !isListed)
            Life.Fail($"an interrupt that is raised is with nobody; it is routed to vCPU {_gic.RouteOf(Intid)}");
        if (Life.Violation is null)
            TakeAnother();
    }

    private void Write(uint register, uint value) => DistributorRegisters<SimulatedGic>.Write(ref _gic, Cpu, register, AccessSize.Word, value);

    public ListRegisters ListsOf(int cpu) => _lists[cpu];

    public PhysicalInterrupt Own(int cpu, uint intid) => _nothing;

    public void Routed(int cpu, int target)
    {
    }

    public void Kick(int cpu)
    {
        Scheduler.Point();
        _kicked[cpu] = true;
    }

    public void Listed(int cpu, int index, ListRegister value)
    {
        int holders = 0;
        foreach (ListRegisters lists in _lists)
        {
            foreach (ListRegister one in lists.Values)
                holders += one.IsInvalid ? 0 : 1;
        }
        if (holders > 1)
            Life.Fail("an interrupt that is sent to and fro is in two list registers");
    }
}
