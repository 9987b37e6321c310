using System;
using System.Collections.Generic;
using System.Linq;
using Bulkhead.Diagnostics;
using Bulkhead.Lifecycle;
using Bulkhead.Partitions;
using Bulkhead.Tests.Gic;
using Bulkhead.Vcpus;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Bulkhead.Tests.Core;

/// <summary>A guest's stops and starts: on all its CPUs together, by its policy, in its order.</summary>
[Collection(CoreBoard.Tests)]
public class GuestLifeTests
{
    private const ulong Millisecond = CoreBoard.Frequency / 1000;

    public static TheoryData<StopReason, RestartReasons> Reasons()
    {
        TheoryData<StopReason, RestartReasons> data = [];
        foreach (StopReason reason in Enum.GetValues<StopReason>().Except([StopReason.PackageRefused, StopReason.Requested, StopReason.Unconfirmed]))
        {
            data.Add(reason, reason switch
            {
                StopReason.SystemOff => RestartReasons.Off,
                StopReason.SystemReset => RestartReasons.Reset,
                StopReason.Watchdog => RestartReasons.Watchdog,
                _ => RestartReasons.Crash,
            });
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Reasons))]
    public void A_guest_restarts_for_the_reasons_of_its_policy_alone(StopReason reason, RestartReasons named)
    {
        LifeBoard life = Started();
        life.Policy.On = named;
        life.Stop(0, reason);
        life.Settle();
        Assert.Equal(GuestState.Delayed, life.State);
        Pass(life, 100);
        Assert.Equal((GuestState.Running, 2), (life.State, life.Starts));

        life.Policy.On = RestartReasons.All & ~named;
        life.Stop(0, reason);
        Pass(life, 1000);
        Assert.Equal((GuestState.Stopped, 2), (life.State, life.Starts));
    }

    [Fact]
    public void Nothing_is_reset_before_the_last_CPU_is_out()
    {
        LifeBoard life = Started();
        Assert.Equal(TurnOnResult.Done, life.TurnOn(1));
        life.Settle();
        Assert.True(life.IsInGuest(1));
        life.Stop(0, StopReason.Stage2Fault);
        Assert.Equal((GuestState.Stopping, 0), (life.State, life.Resets));
        // The leading CPU has nothing to do yet, whatever wakes it.
        life.Serve(0);
        life.Serve(0);
        Assert.Equal((GuestState.Stopping, 0), (life.State, life.Resets));
        life.Take(1);
        life.Settle();
        Assert.Equal((GuestState.Delayed, 1), (life.State, life.Resets));
        Assert.False(life.IsInGuest(1));
    }

    [Fact]
    public void The_first_of_two_reasons_counts()
    {
        LifeBoard life = Started();
        life.TurnOn(1);
        life.Settle();
        life.Policy.On = RestartReasons.Crash;
        life.Stop(1, StopReason.SystemOff);
        life.Stop(0, StopReason.Stage2Fault);
        life.Settle();
        Assert.Equal(GuestState.Stopped, life.State);
        Assert.DoesNotContain(life.Board.Lines(), line => line.Contains("stage 2", StringComparison.Ordinal));
    }

    [Fact]
    public void The_delay_is_kept_and_not_a_count_less()
    {
        LifeBoard life = Started();
        life.Policy.DelayMilliseconds = 250;
        life.Stop(0, StopReason.SystemReset);
        life.Settle();
        ulong due = life.Board.Partitions[0].StartDue;
        Assert.Equal(due, life.Board.Vcpus[0].Alarm);
        Assert.InRange(due - life.Board.Time, 249 * Millisecond, 250 * Millisecond);
        life.Board.Time = due - 10;
        life.Serve(0);
        Assert.Equal(GuestState.Delayed, life.State);
        life.Board.Time = due;
        life.Settle();
        Assert.Equal(GuestState.Running, life.State);
        Assert.Equal(0ul, life.Board.Vcpus[0].Alarm);
    }

    [Theory]
    [InlineData(LastResort.SafeStop)]
    [InlineData(LastResort.BoardReset)]
    public void Beyond_the_limit_comes_the_last_resort(LastResort last)
    {
        LifeBoard life = Started();
        life.Policy = life.Policy with { Limit = 2, Last = last };
        for (int i = 0; i < 3; i++)
        {
            life.Stop(0, StopReason.TripleFault);
            Pass(life, 100);
        }
        Assert.Equal(3, life.Starts);
        Assert.Equal(last == LastResort.BoardReset, life.IsBoardReset);
        if (last == LastResort.SafeStop)
            Assert.Equal(GuestState.Stopped, life.State);
    }

    [Fact]
    public void Who_switches_itself_off_does_not_reset_the_board()
    {
        LifeBoard life = Started();
        life.Policy = life.Policy with { On = RestartReasons.None, Last = LastResort.BoardReset };
        life.Stop(0, StopReason.SystemOff);
        life.Settle();
        Assert.Equal((GuestState.Stopped, false), (life.State, life.IsBoardReset));
    }

    [Fact]
    public void A_package_that_went_bad_meanwhile_ends_the_guest_alone()
    {
        LifeBoard life = Started();
        life.Policy.Last = LastResort.BoardReset;
        life.Stop(0, StopReason.SystemReset);
        life.Board.Image[(int)life.Board.Table.Guest[0].SlotA.Offset + PackageHeader.StoredSize] ^= 1;
        Pass(life, 100);
        Assert.Equal((GuestState.Stopped, 1, false), (life.State, life.Starts, life.IsBoardReset));
    }

    [Fact]
    public void A_restarted_guest_finds_nothing_of_its_former_life()
    {
        LifeBoard life = Started();
        life.Board.Ram.AsSpan(0x10_0000, 64).Fill(0xa5);
        life.Board.Ram[1] = 0xff;
        life.TurnOn(1);
        ReceiveRing(life).Put((byte)'x');
        life.Stop(0, StopReason.SystemReset);
        life.Serve(1);
        Pass(life, 100);
        Assert.Equal(2, life.Starts);
        Assert.Equal(-1, life.Board.Ram.AsSpan(0x10_0000, 64).IndexOfAnyExcept((byte)0));
        Assert.Equal(2, life.Board.Ram[1]);
        Assert.Equal((int)VcpuPower.Off, life.Board.Vcpus[1].Power);
        Assert.Equal(0u, ReceiveRing(life).Count);
    }

    [Fact]
    public void A_guest_comes_after_those_it_is_to_come_after()
    {
        LifeBoard life = new();
        life.Board.Partitions[0].Entry.After = 1 << 1;
        life.Serve(0);
        Assert.Equal((GuestState.Waiting, 0), (life.State, life.Starts));
        life.Board.Partitions[1].State = (int)GuestState.Running;
        life.Serve(0);
        Assert.Equal((GuestState.Running, 1), (life.State, life.Starts));
        // Order is of the board's start: a restart waits for nobody.
        life.Board.Partitions[1].State = (int)GuestState.Stopped;
        life.Stop(0, StopReason.SystemReset);
        Pass(life, 100);
        Assert.Equal((GuestState.Running, 2), (life.State, life.Starts));
    }

    [Fact]
    public void Who_waits_is_woken_by_the_start_and_nobody_else_is()
    {
        LifeBoard life = new();
        life.Board.Partitions[1].Entry.After = 1;
        life.Serve(0);
        Assert.Contains("kick 2", life.Board.Calls);
        life.Board.Partitions[1].State = (int)GuestState.Running;
        life.Board.Calls.Clear();
        life = Again(life);
        Assert.DoesNotContain("kick 2", life.Board.Calls);
    }

    [Fact]
    public void Requests_are_obeyed_in_every_state()
    {
        LifeBoard life = new();
        life.Board.Partitions[0].Entry.Flags = GuestFlags.None;
        life.Serve(0);
        Assert.Equal(GuestState.Held, life.State);
        life.Request(GuestRequest.Start);
        life.Settle();
        Assert.Equal((GuestState.Running, 1), (life.State, life.Starts));
        life.Request(GuestRequest.Start);
        life.Settle();
        Assert.Equal((GuestState.Running, 1, 0), (life.State, life.Starts, life.Board.Partitions[0].Request));
        life.Request(GuestRequest.Restart);
        life.Settle();
        Assert.Equal((GuestState.Running, 2), (life.State, life.Starts));
        life.Request(GuestRequest.Stop);
        Assert.Equal(GuestState.Stopping, life.State);
        life.Settle();
        Assert.Equal((GuestState.Held, 2), (life.State, life.Starts));
        life.Request(GuestRequest.Restart);
        life.Settle();
        Assert.Equal((GuestState.Running, 3), (life.State, life.Starts));
        life.Stop(0, StopReason.SystemReset);
        life.Request(GuestRequest.Stop);
        Pass(life, 1000);
        Assert.Equal((GuestState.Held, 3), (life.State, life.Starts));
    }

    /// <summary>What was activated while it was loaded is launched, whoever starts it meanwhile.</summary>
    [Theory]
    [InlineData(GuestRequest.Start, 1)]
    [InlineData(GuestRequest.Restart, 2)]
    [InlineData(GuestRequest.Stop, 2)]
    public void A_start_takes_back_no_restart(GuestRequest before, int starts)
    {
        LifeBoard life = Started();
        life.Request(GuestRequest.Stop);
        life.Settle();
        uint loads = life.Board.Partitions[0].Starts;
        life.Meanwhile = () =>
        {
            life.Request(before);
            life.Request(GuestRequest.Start);
        };
        life.Request(GuestRequest.Start);
        life.Settle();
        Assert.Equal((GuestState.Running, loads + (uint)starts), (life.State, life.Board.Partitions[0].Starts));
    }

    [Fact]
    public void A_guest_that_is_off_for_good_is_started_by_request_with_its_limit_anew()
    {
        LifeBoard life = Started();
        life.Policy = life.Policy with { Limit = 1, DelayMilliseconds = 0 };
        for (int i = 0; i < 2; i++)
        {
            life.Stop(0, StopReason.SystemReset);
            life.Settle();
        }
        Assert.Equal((GuestState.Stopped, 2), (life.State, life.Starts));
        life.Request(GuestRequest.Start);
        life.Settle();
        life.Stop(0, StopReason.SystemReset);
        life.Settle();
        Assert.Equal((GuestState.Running, 4), (life.State, life.Starts));
    }

    // Whatever happens in whatever order: LifeBoard looks at each step, and in the end the guest can be started.
    [Fact]
    public void No_order_of_events_lets_a_CPU_run_before_all_have_come_out() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(200), Prop.ForAll<int>(PlayEvents));

    private static void PlayEvents(int seed)
    {
        Dice dice = new(seed);
        LifeBoard life = Started();
        life.Policy.DelayMilliseconds = 1;
        for (int step = 0; step < 200; step++)
        {
            int cpu = dice.Next(2);
            switch (dice.Next(9))
            {
                case 0 or 1 when life.IsInGuest(cpu):
                    life.Stop(cpu, (StopReason)dice.Next((int)StopReason.Watchdog + 1) is var reason && reason == StopReason.PackageRefused ? StopReason.SystemOff : reason);
                    break;
                case 2 or 3 when life.IsInGuest(1 - cpu):
                    life.TurnOn(cpu);
                    break;
                case 4 when life.IsInGuest(cpu):
                    life.TurnOff(cpu);
                    break;
                case 5:
                    life.Board.Time += (ulong)dice.Next(3) * Millisecond / 2;
                    break;
                case 6 when dice.Next(4) == 0:
                    life.Request((GuestRequest)1 + dice.Next(3));
                    break;
                case 7 or 8:
                    life.Take(cpu);
                    break;
            }
        }
        life.Settle();
        life.Request(GuestRequest.Restart);
        life.Settle();
        Assert.Equal(GuestState.Running, life.State);
        Assert.True(life.IsInGuest(0));
    }

    // Against a list of all restarts: never more than the limit in any window, and never refused below it.
    [Fact]
    public void The_limit_holds_in_every_window() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll<byte, ushort[]>(PlayRestarts));

    private static void PlayRestarts(byte limit, ushort[] pauses)
    {
        uint most = limit % RestartPolicy.MaxLimit + 1;
        const ulong Window = 100_000;
        RestartHistory history = default;
        List<ulong> all = [];
        ulong now = 0;
        foreach (ushort pause in pauses)
        {
            now += pause;
            int within = all.Count(time => now - time < Window);
            Assert.Equal((uint)Math.Min(within, (int)RestartPolicy.MaxLimit), history.CountSince(Window, now));
            Assert.Equal(within < most, history.TryAdd(most, Window, now));
            if (within < most)
                all.Add(now);
        }
    }

    // What was stopped comes to rest, and then so much time goes by.
    private static void Pass(LifeBoard life, ulong milliseconds)
    {
        life.Settle();
        life.Board.Time += milliseconds * Millisecond;
        life.Settle();
    }

    private static LifeBoard Started()
    {
        LifeBoard life = new();
        life.Serve(0);
        Assert.Equal((GuestState.Running, 1), (life.State, life.Starts));
        return life;
    }

    private static LifeBoard Again(LifeBoard life)
    {
        life.Stop(0, StopReason.SystemReset);
        Pass(life, 100);
        return life;
    }

    private static ref ReceiveRing ReceiveRing(LifeBoard life) =>
        ref BoardConsole<FakeArch>.Console.Receive(life.Board.Partitions[0].Index);
}
