using System;
using Bulkhead.Partitions;
using Bulkhead.Simulation.Hardware;
using Bulkhead.Simulation.Scheduling;
using Bulkhead.Vcpus;

namespace Bulkhead.Simulation.Checks;

/// <summary>After each step: power and guest states change only as they may.</summary>
internal sealed class StateChecks(Board board)
{
    private readonly VcpuPower[] _power = new VcpuPower[board.Vcpus.Length];
    // Three times what an unhindered one ever took.
    private const int MostOverdueSteps = 3_000;
    private const int LongExit = 300;

    private readonly int[] _overdue = new int[board.Partitions.Length];
    private readonly GuestState[] _guest = new GuestState[board.Partitions.Length];

    public void Run()
    {
        for (int cpu = 0; cpu < _power.Length; cpu++)
        {
            VcpuPower now = (VcpuPower)board.Vcpus[cpu].Power;
            if (now == _power[cpu])
                continue;
            board.Life.Trace($"power of CPU {cpu}: {_power[cpu]} to {now}");
            board.Life.Check(IsLegal(_power[cpu], now, board.TurnsItselfOn(cpu)), $"power of CPU {cpu} goes from {_power[cpu]} to {now}");
            _power[cpu] = now;
        }
        for (int guest = 0; guest < _guest.Length; guest++)
        {
            CheckWatchdog(guest);
            GuestState now = (GuestState)board.Partitions[guest].State;
            if (now == _guest[guest])
                continue;
            board.Life.Trace($"guest{guest}: {_guest[guest]} to {now}");
            board.Life.Check(IsLegal(_guest[guest], now), $"guest{guest} goes from {_guest[guest]} to {now}");
            if (now == GuestState.Stopping && board.Partitions[guest].Reason == (int)StopReason.Requested)
                board.Life.Check(board.Life.WasAsked(guest) || board.Life.Updates.Concerns(guest), $"guest{guest} is stopped, and nobody wants it");
            if (_guest[guest] == GuestState.Waiting && now == GuestState.Loading && !board.Life.WasAsked(guest))
                CheckOrder(guest);
            _guest[guest] = now;
        }
    }

    // The guest that does not feed it ends, whatever else its CPUs do.
    private void CheckWatchdog(int guest)
    {
        ref PartitionCore partition = ref board.Partitions[guest];
        bool due = partition.Watchdog.IsRunning && (GuestState)partition.State == GuestState.Running && (long)(board.Time - partition.Watchdog.Deadline) > 0;
        // Who spins is seldom chosen, and a long exit is Life's to limit: of what others do meanwhile nothing counts.
        bool isHeldUp = false;
        for (int i = 0; i < (int)partition.VcpuCount; i++)
        {
            Fiber its = Scheduler.Of((int)partition.CpuOf(i));
            isHeldUp |= its.Spins || its.Inside > LongExit;
        }
        if (!due)
            _overdue[guest] = 0;
        else if (!isHeldUp || board.Vcpus[Scheduler.Current.Cpu].Guest == guest)
            _overdue[guest]++;
        board.Life.Check(_overdue[guest] < MostOverdueSteps, $"guest{guest}'s watchdog ran out, and nothing came of it");
    }

    /// <summary>Somebody waits for the console line, which takes its time.</summary>
    public void ForgetTimes() => Array.Clear(_overdue);

    private void CheckOrder(int guest)
    {
        for (int other = 0; other < _guest.Length; other++)
        {
            if ((board.Partitions[guest].Entry.After >> other & 1) != 0)
                board.Life.Check(_guest[other] == GuestState.Running || board.Ledgers[other].Starts != 0, $"guest{guest} is started before guest{other}");
        }
    }

    private static bool IsLegal(VcpuPower before, VcpuPower after, bool turnsItselfOn) => (before, after) switch
    {
        (VcpuPower.Off, VcpuPower.Claimed) => true,
        // By its own CPU; any other is claimed by whoever turns it on.
        (VcpuPower.Off, VcpuPower.OnPending) => turnsItselfOn,
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
