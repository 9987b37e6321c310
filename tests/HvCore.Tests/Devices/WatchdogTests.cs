using System;
using System.Collections.Generic;
using System.Linq;
using Bulkhead.Devices;
using Bulkhead.Partitions;
using Bulkhead.Vcpus;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Bulkhead.Tests.Core;

/// <summary>A guest's watchdog by all its faces at once, on two CPUs, against a model that knows only when it was fed.</summary>
[Collection(CoreBoard.Tests)]
public class WatchdogTests
{
    private const uint Timeout = 1000, PreTimeout = 400, Boot = 5000;
    private const ulong CounterOffset = 777;
    private const ulong Millisecond = CoreBoard.Frequency / 1000;

    private static readonly Config Much = Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(120);

    private static CoreBoard Board(uint boot = 0)
    {
        CoreBoard board = new();
        board.UseSample([]);
        board.Partitions[0].Entry.Watchdog = new() { Timeout = Timeout, PreTimeout = PreTimeout, Boot = boot };
        board.Partitions[0].State = (int)GuestState.Running;
        board.Vcpus[0].Power = board.Vcpus[1].Power = (int)VcpuPower.On;
        GuestWatchdog<FakeArch>.Begin(ref board.Vcpus[0]);
        return board;
    }

    /// <summary>When the guest's life would end and when it is warned, were nobody to write any more.</summary>
    private sealed class Model
    {
        public ulong First = (Timeout - PreTimeout) * Millisecond, Second = PreTimeout * Millisecond;
        public ulong? Warning, End;
        public bool Late;
        public bool Ended;
        public bool Remembers;

        public bool Running => Warning is not null || Late;

        public void Feed(ulong now)
        {
            Remembers = false;
            if (!Running)
                return;
            (Late, Warning, End) = (false, now + First, null);
        }

        public void Start(ulong now)
        {
            Warning = now;
            Feed(now);
        }

        public void Stop()
        {
            Remembers = false;
            (Late, Warning, End) = (false, null, null);
        }

        public ulong? Next => Late ? End : Warning;

        /// <summary>The next thing that happens happens now.</summary>
        public void Happen(ulong now)
        {
            if (!Late && Second != 0)
                (Late, Warning, End) = (true, null, now + Second);
            else
                (Ended, Warning, End, Late) = (true, null, null, false);
        }
    }

    /// <summary>Time passes, timers of both CPUs come when they were asked for, and what they bring is what the model expects.</summary>
    private static void Pass(CoreBoard board, Model model, ulong until)
    {
        while (!model.Ended)
        {
            int cpu = board.Vcpus[1].Deadline != 0 && (board.Vcpus[0].Deadline == 0 || board.Vcpus[1].Deadline < board.Vcpus[0].Deadline) ? 1 : 0;
            ulong due = board.Vcpus[cpu].Deadline;
            if (due == 0 || due > until)
                break;
            // What is written to the log takes time too.
            ulong now = board.Time = Math.Max(board.Time, due);
            bool happens = model.Next <= now;
            bool ends = happens && (model.Late || model.Second == 0);
            bool ended = false;
            try
            {
                GuestWatchdog<FakeArch>.Check(ref board.Vcpus[cpu], now);
            }
            catch (NoReturn)
            {
                ended = true;
            }
            if (happens)
                model.Happen(now);
            Assert.Equal(ends, ended);
        }
        if (!model.Ended)
        {
            Assert.False(model.Next <= until, "nobody's timer came although something was to happen");
            board.Time = Math.Max(board.Time, until);
        }
    }

    private static void Compare(CoreBoard board, Model model)
    {
        ref Watchdog watchdog = ref board.Partitions[0].Watchdog;
        Assert.Equal(model.Running, watchdog.IsRunning);
        Assert.Equal(model.Late, watchdog.State == WatchdogState.Late);
        Assert.Equal(model.Remembers, watchdog.EndedBefore);
        if (model.Next is { } next)
            Assert.Equal(next, watchdog.Deadline);
        Assert.Equal((model.First, model.Second), (watchdog.First, watchdog.Second));
        string[] line = [.. board.Calls.Where(call => call.StartsWith("watchdog line", StringComparison.Ordinal))];
        // Up and down in turn, and up exactly while it is late.
        Assert.All(line.Select((call, i) => (call, i)), pair => Assert.EndsWith(pair.i % 2 == 0 ? "True" : "False", pair.call));
        Assert.Equal(model.Late || model.Ended, line.Length % 2 == 1);
    }

    private static void Act(CoreBoard board, Model model, int choice, ulong size, ref VcpuCore vcpu)
    {
        ref PartitionCore partition = ref board.Partitions[0];
        ulong now = board.Time;
        switch (choice)
        {
            case 0:
                Assert.Equal(0ul, HypervisorCall<FakeArch>.Handle(ref vcpu, 0xc600_0015, 0, 0));
                (model.First, model.Second) = ((Timeout - PreTimeout) * Millisecond, PreTimeout * Millisecond);
                model.Start(now);
                break;
            case 1:
                ulong pre = size % 3 == 0 ? 0 : size % (size + 10);
                Assert.Equal(0ul, HypervisorCall<FakeArch>.Handle(ref vcpu, 0xc600_0015, size + 10, pre));
                (model.First, model.Second) = ((size + 10 - pre) * Millisecond, pre * Millisecond);
                model.Start(now);
                break;
            case 2:
                Assert.Equal(0ul, HypervisorCall<FakeArch>.Handle(ref vcpu, 0xc600_0016, 0, 0));
                model.Feed(now);
                break;
            case 3:
                Assert.Equal(0ul, HypervisorCall<FakeArch>.Handle(ref vcpu, 0xc600_0017, 0, 0));
                model.Stop();
                break;
            case 4:
                Sbsa(ref vcpu, ref partition, SbsaWatchdog.WCS, AccessSize.Word, 1, now);
                model.Start(now);
                break;
            case 5:
                Sbsa(ref vcpu, ref partition, SbsaWatchdog.WCS, AccessSize.Word, 0, now);
                model.Stop();
                break;
            case 6:
                Sbsa(ref vcpu, ref partition, SbsaWatchdog.WOR, AccessSize.DoubleWord, size * Millisecond + 5, now);
                model.First = model.Second = size * Millisecond + 5;
                model.Feed(now);
                break;
            case 7:
                if (!model.Running)
                    break;
                // The next end somewhere else, in the guest's own time.
                ulong next = now + size + 1;
                Sbsa(ref vcpu, ref partition, SbsaWatchdog.WCV, AccessSize.DoubleWord, next - CounterOffset, now);
                model.Warning = model.Late ? null : next;
                model.End = model.Late ? next : null;
                break;
            case 8:
                PortWatchdog.Write<FakeArch>(ref vcpu, PortWatchdogRegister.Control, 1);
                if (!model.Running)
                    model.Start(now);
                break;
            case 9:
                PortWatchdog.Write<FakeArch>(ref vcpu, PortWatchdogRegister.Timeout, (uint)size + 10);
                ulong manifest = Math.Min(PreTimeout, (size + 10) / 2);
                (model.First, model.Second) = ((size + 10 - manifest) * Millisecond, manifest * Millisecond);
                Assert.Equal((uint)size + 10, PortWatchdog.Read<FakeArch>(ref vcpu, PortWatchdogRegister.Timeout));
                break;
            case 10:
                PortWatchdog.Write<FakeArch>(ref vcpu, PortWatchdogRegister.Left, 1);
                model.Feed(now);
                break;
            default:
                PortWatchdog.Write<FakeArch>(ref vcpu, PortWatchdogRegister.Status, 0);
                model.Remembers = false;
                break;
        }
    }

    private static void Sbsa(ref VcpuCore vcpu, ref PartitionCore partition, uint offset, AccessSize size, ulong value, ulong now)
    {
        SpinLock.Guard held = partition.Watchdog.Lock.Enter();
        SbsaWatchdog.WriteControl(ref partition.Watchdog, offset, size, value, now, CounterOffset);
        GuestWatchdog<FakeArch>.Follow(ref vcpu, ref partition, held, now);
        partition.Watchdog.Lock.Exit(held);
    }

    [Fact]
    public void The_guest_ends_when_it_was_not_fed_and_never_else() => Check.One(Much, Prop.ForAll<bool, uint[]>((armed, steps) =>
    {
        CoreBoard board = Board(armed ? Boot : 0);
        Model model = new();
        if (armed)
            model.Warning = 1000 + (Boot - PreTimeout) * Millisecond;
        Compare(board, model);
        foreach (uint step in steps)
        {
            uint random = step * 2654435761;
            if (model.Ended)
            {
                // The restart: off or armed again, and the guest can learn why.
                string[] stopped = board.Lines();
                Assert.Contains("gateway: stopped: its watchdog was not fed", stopped);
                return;
            }
            if (random % 3 == 0)
                Pass(board, model, board.Time + (random >> 8) % 2000 * Millisecond);
            else
                Act(board, model, (int)(random >> 4) % 12 & 15, (random >> 8) % 3000, ref board.Vcpus[(random >> 2) & 1]);
            Compare(board, model);
        }
    }));

    [Fact]
    public void A_guest_that_never_comes_up_ends_at_its_boot_time()
    {
        CoreBoard board = Board(Boot);
        Model model = new() { Warning = 1000 + (Boot - PreTimeout) * Millisecond };
        Pass(board, model, 1000 + Boot * Millisecond - 1);
        Assert.False(model.Ended);
        Pass(board, model, 1000 + Boot * Millisecond);
        Assert.True(model.Ended);
        Assert.Equal(
        [
            "gateway: pre-timeout of its watchdog; vcpu 0 at 0x40080000",
            "gateway: stopped: its watchdog was not fed",
        ], board.Lines());
    }

    [Fact]
    public void The_next_life_learns_of_the_last_ones_end_until_it_feeds()
    {
        CoreBoard board = Board(Boot);
        Pass(board, new Model { Warning = 1000 + (Boot - PreTimeout) * Millisecond }, ulong.MaxValue);
        board.Partitions[0].State = (int)GuestState.Running;
        GuestWatchdog<FakeArch>.Begin(ref board.Vcpus[0]);
        ref Watchdog watchdog = ref board.Partitions[0].Watchdog;
        Assert.Equal(5ul, SbsaWatchdog.ReadControl(in watchdog, SbsaWatchdog.WCS, AccessSize.Word, 0));
        Assert.Equal(1u, PortWatchdog.Read<FakeArch>(ref board.Vcpus[0], PortWatchdogRegister.Status));
        Assert.Equal(5ul, HypervisorCall<FakeArch>.Handle(ref board.Vcpus[0], 0xc600_0018, 0, 0) >> 32);
        HypervisorCall<FakeArch>.Handle(ref board.Vcpus[0], 0xc600_0016, 0, 0);
        Assert.Equal(1ul, SbsaWatchdog.ReadControl(in watchdog, SbsaWatchdog.WCS, AccessSize.Word, 0));
        Assert.Equal(0u, PortWatchdog.Read<FakeArch>(ref board.Vcpus[0], PortWatchdogRegister.Status));
    }

    [Fact]
    public void A_CPU_whose_guest_has_ended_lets_the_deadline_go()
    {
        CoreBoard board = Board(Boot);
        board.Partitions[0].State = (int)GuestState.Stopped;
        GuestWatchdog<FakeArch>.Check(ref board.Vcpus[0], ulong.MaxValue >> 2);
        Assert.Equal(0ul, board.Vcpus[0].Deadline);
        Assert.Empty(board.Lines());
    }

    [Fact]
    public void Without_one_in_the_manifest_there_is_none()
    {
        CoreBoard board = new();
        board.UseSample([]);
        GuestWatchdog<FakeArch>.Begin(ref board.Vcpus[0]);
        for (uint call = 0xc600_0015; call <= 0xc600_0018; call++)
            Assert.Equal(ulong.MaxValue, HypervisorCall<FakeArch>.Handle(ref board.Vcpus[0], call, 1000, 0));
        Assert.Equal(1ul, HypervisorCall<FakeArch>.Handle(ref board.Vcpus[0], 0xc600_0011, 0, 0));
        Assert.Equal((0ul, 0), (board.Vcpus[0].Deadline, board.Calls.Count));
    }

    [Fact]
    public void Times_that_no_guest_could_keep_are_refused()
    {
        CoreBoard board = Board();
        foreach ((ulong timeout, ulong pre) in new (ulong, ulong)[] { (9, 0), (0, 1), (1000, 1000), (1000, ulong.MaxValue), (86_400_001, 0), (ulong.MaxValue, 0) })
            Assert.Equal(ulong.MaxValue - 1, HypervisorCall<FakeArch>.Handle(ref board.Vcpus[0], 0xc600_0015, timeout, pre));
        Assert.Equal(0ul, HypervisorCall<FakeArch>.Handle(ref board.Vcpus[0], 0xc600_0018, 0, 0));
        Assert.Equal(3ul, HypervisorCall<FakeArch>.Handle(ref board.Vcpus[0], 0xc600_0011, 0, 0));
    }

    [Fact]
    public void The_generic_watchdogs_registers_are_the_manuals()
    {
        Watchdog watchdog = default;
        watchdog.Reset(100, 50);
        foreach ((uint offset, AccessSize size, ulong value) in new (uint, AccessSize, ulong)[]
            { (SbsaWatchdog.WOR, AccessSize.Word, 0x8765_4321), (SbsaWatchdog.WORU, AccessSize.Word, 0xdead_1234) })
            SbsaWatchdog.WriteControl(ref watchdog, offset, size, value, 1000, CounterOffset);
        Assert.Equal(0x1234_8765_4321ul, SbsaWatchdog.ReadControl(in watchdog, SbsaWatchdog.WOR, AccessSize.DoubleWord, CounterOffset));
        Assert.Equal(0x1234ul, SbsaWatchdog.ReadControl(in watchdog, SbsaWatchdog.WORU, AccessSize.Word, CounterOffset));
        // An explicit refresh loads the compare value, enabled or not.
        ulong compare = 1000 + 0x1234_8765_4321 - CounterOffset;
        Assert.Equal(compare, SbsaWatchdog.ReadControl(in watchdog, SbsaWatchdog.WCV, AccessSize.DoubleWord, CounterOffset));
        Assert.Equal((uint)compare, SbsaWatchdog.ReadControl(in watchdog, SbsaWatchdog.WCV, AccessSize.Word, CounterOffset));
        Assert.Equal(compare >> 32, SbsaWatchdog.ReadControl(in watchdog, SbsaWatchdog.WCVU, AccessSize.Word, CounterOffset));
        SbsaWatchdog.WriteControl(ref watchdog, SbsaWatchdog.WCS, AccessSize.Word, 0xffff_ffff, 2000, CounterOffset);
        Assert.Equal(1ul, SbsaWatchdog.ReadControl(in watchdog, SbsaWatchdog.WCS, AccessSize.Word, CounterOffset));
        SbsaWatchdog.WriteControl(ref watchdog, SbsaWatchdog.WCV, AccessSize.Word, 5, 2000, CounterOffset);
        SbsaWatchdog.WriteControl(ref watchdog, SbsaWatchdog.WCVU, AccessSize.Word, 6, 2000, CounterOffset);
        Assert.Equal((6ul << 32) + 5 + CounterOffset, watchdog.Deadline);
        Assert.Equal(WatchdogEvent.PreTimeout, watchdog.Advance(watchdog.Deadline));
        Assert.Equal(3ul, SbsaWatchdog.ReadControl(in watchdog, SbsaWatchdog.WCS, AccessSize.Word, CounterOffset));
        SbsaWatchdog.WriteRefresh(ref watchdog, 4, 9000);
        Assert.Equal(3ul, SbsaWatchdog.ReadControl(in watchdog, SbsaWatchdog.WCS, AccessSize.Word, CounterOffset));
        SbsaWatchdog.WriteRefresh(ref watchdog, SbsaWatchdog.WRR, 9000);
        Assert.Equal(1ul, SbsaWatchdog.ReadControl(in watchdog, SbsaWatchdog.WCS, AccessSize.Word, CounterOffset));
        // Revision 1 is what a kernel asks for before it uses 48 bits.
        Assert.Equal(1u, SbsaWatchdog.ReadRefresh(SbsaWatchdog.W_IIDR) >> 16 & 15);
        Assert.Equal(1ul << 16, SbsaWatchdog.ReadControl(in watchdog, SbsaWatchdog.W_IIDR, AccessSize.Word, CounterOffset));
        foreach (AccessSize size in (AccessSize[])[AccessSize.Byte, AccessSize.HalfWord])
        {
            Watchdog before = watchdog;
            SbsaWatchdog.WriteControl(ref watchdog, SbsaWatchdog.WCS, size, 0, 9000, CounterOffset);
            Assert.Equal(before, watchdog);
            Assert.Equal(0ul, SbsaWatchdog.ReadControl(in watchdog, SbsaWatchdog.WCS, size, CounterOffset));
        }
    }
}
