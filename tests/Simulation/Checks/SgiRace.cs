using System;
using Bulkhead.Arm64.Gic;
using Bulkhead.Devices;
using Bulkhead.Simulation.Hardware;
using Bulkhead.Simulation.Scheduling;

namespace Bulkhead.Simulation.Checks;

/// <summary>
/// Three vCPUs send each other software-generated interrupts, each sender its own; whoever is sent one takes it after that.
/// What is sent again before it was taken merges, and none is lost.
/// </summary>
internal sealed class SgiRace : GicWorld
{
    private const int Rounds = 5;
    private const uint SgiPage = 0x1_0000, Group0 = 0x80, Enable0 = 0x100, Sgis = (1u << Cpus) - 1;

    // Of each sender and receiver, by the clock.
    private readonly long[,] _sent = new long[Cpus, Cpus], _taken = new long[Cpus, Cpus];
    private long _clock;

    private SgiRace(Life life) : base(life, "for software-generated interrupts")
    {
    }

    public static void Run(Life life)
    {
        for (int round = 0; round < Rounds && life.Violation is null; round++)
            new SgiRace(life).Race();
    }

    private void Race()
    {
        for (int cpu = 0; cpu < Cpus; cpu++)
        {
            Own(cpu, Group0, Sgis);
            Own(cpu, Enable0, Sgis);
        }
        PlayOut(Cpus, 24, Act, Answer);
        if (Life.Violation is null)
            Settle();
    }

    // A register of a vCPU's own redistributor frame, its SGI page.
    private void Own(int cpu, uint register, uint value) =>
        RedistributorRegisters<SimulatedGic>.Write(ref Gic, cpu, ((uint)cpu << RedistributorRegisters<SimulatedGic>.StrideShift) + SgiPage + register, AccessSize.Word, value);

    private void Act(int cpu)
    {
        if (Dice.OneIn(2))
        {
            int target = Dice.Next(Cpus);
            _sent[cpu, target] = ++_clock;
            SoftwareGeneratedInterrupt<SimulatedGic>.Write(ref Gic, cpu, (ulong)(uint)cpu << 24 | 1u << target);
        }
        else
        {
            Take(cpu);
        }
        Answer(cpu);
        Scheduler.Point();
    }

    private bool Take(int cpu)
    {
        uint sender = Lists[cpu].Acknowledge();
        if (sender == ListRegisters.Spurious)
            return false;
        _taken[sender, cpu] = ++_clock;
        Lists[cpu].End(sender);
        return true;
    }

    private void Settle()
    {
        for (bool any = true; any;)
        {
            Quieten();
            any = false;
            for (int cpu = 0; cpu < Cpus; cpu++)
                any |= Take(cpu);
        }
        for (int sender = 0; sender < Cpus; sender++)
        {
            for (int cpu = 0; cpu < Cpus; cpu++)
            {
                if (_sent[sender, cpu] > _taken[sender, cpu])
                    Life.Fail($"SGI {sender} to vCPU {cpu} is lost");
            }
        }
    }
}
