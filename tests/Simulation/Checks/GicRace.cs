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
internal sealed class GicRace : GicWorld
{
    private const int Rounds = 5;
    private const uint Intid = 33, Bank = Intid / 32, Bit = 1u << (int)(Intid % 32);
    private const uint Group = 0x80, SetEnable = 0x100, SetPending = 0x200, ClearPending = 0x280, ClearActive = 0x380, Router = 0x6000;

    // Taken and not ended, by the guest's own count.
    private readonly int[] _handling = new int[Cpus];

    private GicRace(Life life) : base(life, "for an interrupt")
    {
    }

    public static void Run(Life life)
    {
        for (int round = 0; round < Rounds && life.Violation is null; round++)
            new GicRace(life).Race();
    }

    private void Race()
    {
        Write(Group + Bank * 4, Bit);
        Write(SetEnable + Bank * 4, Bit);
        PlayOut(Cpus, 16, Act, Answer);
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
                DistributorRegisters<SimulatedGic>.Write(ref Gic, cpu, Router + Intid * 8, AccessSize.DoubleWord, (ulong)Dice.Next(Cpus));
                break;
            case 3 when cpu == 0:
                // Its device is one.
                Delivery<SimulatedGic>.SetLine(ref Gic, cpu, Intid, Dice.OneIn(2));
                break;
            case 4 when Lists[cpu].Best >= 0:
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
        Lists[cpu].Acknowledge();
        _handling[cpu]++;
    }

    // Also where somebody else has ended it before: the priority drops then.
    private void End(int cpu)
    {
        Lists[cpu].End(Intid);
        _handling[cpu]--;
    }

    // All that was asked for is done: the next one comes, stays, and is active until it is ended.
    private void TakeAnother()
    {
        Delivery<SimulatedGic>.SetLine(ref Gic, 0, Intid, false);
        Quieten();
        for (bool any = true; any;)
        {
            any = false;
            for (int cpu = 0; cpu < Cpus; cpu++)
            {
                if (Lists[cpu].Best >= 0)
                    Take(cpu);
                any |= _handling[cpu] != 0;
                while (_handling[cpu] != 0)
                    End(cpu);
            }
            Quieten();
        }
        Write(SetPending + Bank * 4, Bit);
        Quieten();
        Recheck();
        ListRegisters mine = Lists[Gic.RouteOf(Intid)];
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
        Inboxes<SimulatedGic>.RequestRecheck(ref Gic, 0);
        Quieten();
    }

    private void Settle()
    {
        Quieten();
        int routes = 0;
        for (int vcpu = 0; vcpu < Cpus; vcpu++)
            routes += (Gic.Bank(0, Bank).Routed.At(vcpu) & Bit) != 0 ? 1 : 0;
        if (routes != 1)
            Life.Fail($"an interrupt that is sent to and fro is routed to {routes} vCPUs");
        bool isListed = false;
        foreach (ListRegisters lists in Lists)
            isListed |= Array.Exists(lists.Values, one => !one.IsInvalid);
        if (Gic.Bank(0, Bank).Raised != 0 && !isListed)
            Life.Fail($"an interrupt that is raised is with nobody; it is routed to vCPU {Gic.RouteOf(Intid)}");
        if (Life.Violation is null)
            TakeAnother();
    }

    public override void Listed(int cpu, int index, ListRegister value)
    {
        int holders = 0;
        foreach (ListRegisters lists in Lists)
        {
            foreach (ListRegister one in lists.Values)
                holders += one.IsInvalid ? 0 : 1;
        }
        if (holders > 1)
            Life.Fail("an interrupt that is sent to and fro is in two list registers");
    }
}
