using System;
using Bulkhead.Partitions;
using Bulkhead.Simulation.Hardware;
using Bulkhead.Vcpus;

namespace Bulkhead.Simulation.Checks;

/// <summary>After each step: power and guest states change only as they may.</summary>
internal sealed class StateChecks(Board board)
{
    private readonly VcpuPower[] _power = new VcpuPower[board.Vcpus.Length];
    private readonly GuestState[] _guest = new GuestState[board.Partitions.Length];

    public void Run()
    {
        for (int cpu = 0; cpu < _power.Length; cpu++)
        {
            VcpuPower now = (VcpuPower)board.Vcpus[cpu].Power;
            if (now == _power[cpu])
                continue;
            board.Life.Trace($"power of CPU {cpu}: {_power[cpu]} to {now}");
            board.Life.Check(IsLegal(_power[cpu], now), $"power of CPU {cpu} goes from {_power[cpu]} to {now}");
            _power[cpu] = now;
        }
        for (int guest = 0; guest < _guest.Length; guest++)
        {
            GuestState now = (GuestState)board.Partitions[guest].State;
            if (now == _guest[guest])
                continue;
            board.Life.Trace($"guest{guest}: {_guest[guest]} to {now}");
            board.Life.Check(IsLegal(_guest[guest], now), $"guest{guest} goes from {_guest[guest]} to {now}");
            _guest[guest] = now;
        }
    }

    private static bool IsLegal(VcpuPower before, VcpuPower after) => (before, after) switch
    {
        (VcpuPower.Off, VcpuPower.Claimed) => true,
        // The boot vCPU, by its own CPU; on a PC also any other that takes its SIPI.
        (VcpuPower.Off, VcpuPower.OnPending) => true,
        (VcpuPower.Claimed, VcpuPower.OnPending) => true,
        (VcpuPower.OnPending, VcpuPower.On) => true,
        (VcpuPower.On, VcpuPower.Off) => true,
        // Its guest ended meanwhile.
        (VcpuPower.OnPending or VcpuPower.Claimed, VcpuPower.Off) => true,
        _ => false,
    };

    private static bool IsLegal(GuestState before, GuestState after) => (before, after) switch
    {
        (GuestState.Waiting, GuestState.Held or GuestState.Loading) => true,
        (GuestState.Loading, GuestState.Running or GuestState.Stopped or GuestState.Delayed) => true,
        (GuestState.Running, GuestState.Stopping) => true,
        (GuestState.Stopping, GuestState.Delayed or GuestState.Held or GuestState.Stopped) => true,
        (GuestState.Delayed, GuestState.Loading or GuestState.Held) => true,
        (GuestState.Held, GuestState.Loading) => true,
        (GuestState.Stopped, GuestState.Loading or GuestState.Held) => true,
        _ => false,
    };
}
