using System;
using System.Collections.Generic;
using System.Linq;
using Bulkhead.Boot;
using Bulkhead.Devices;
using Bulkhead.Lifecycle;
using Bulkhead.Memory;
using Bulkhead.Partitions;
using Bulkhead.Update;
using Bulkhead.Vcpus;
using Xunit;

namespace Bulkhead.Tests.Core;

/// <summary>A guest's update from its activation to its confirmation or its end, and what remains of it at the next boot.</summary>
[Collection(CoreBoard.Tests)]
public sealed class GuestTrialTests : IDisposable
{
    private const ulong Second = CoreBoard.Frequency;
    private const int Gateway = UpdateUnit.FirstGuest;
    private static readonly byte[] s_old = [1, 1, 1, 1], s_new = [2, 2, 2, 2];

    private static FirstStageConfig Config => new()
    {
        Magic = FirstStageConfig.ExpectedMagic,
        State0 = new() { Offset = 0, Size = IFlash.EraseBlock },
        State1 = new() { Offset = IFlash.EraseBlock, Size = IFlash.EraseBlock },
    };

    public void Dispose() => TrialWatchdog<FakeArch>.End();

    [Fact]
    public void An_ordinary_life_writes_nothing()
    {
        LifeBoard life = Booted(s_old, s_new);
        life.Stop(0, StopReason.SystemReset);
        Pass(life, 1);
        Assert.Equal(UpdateRefusal.NotOnTrial, GuestTrial<FakeArch>.Confirm(0));
        Assert.Equal((2, 0), (life.Starts, life.Board.Changes));
        Assert.Equal(s_old, Running(life));
    }

    [Fact]
    public void A_confirmed_version_stays()
    {
        LifeBoard life = OnTrial();
        Assert.Equal(s_new, Running(life));
        Assert.Equal(2, State(life).Tries);
        Assert.Equal(0ul, HypervisorCall<FakeArch>.Handle(ref life.Board.Vcpus[0], HypervisorCall<FakeArch>.Healthy, 0, 0));
        Pass(life, 100);
        Assert.Equal((GuestState.Running, 2), (life.State, life.Starts));
        Assert.Contains("gateway: its update is confirmed", life.Board.Lines());
        int changes = life.Board.Changes;
        life = Reboot(life);
        Assert.Equal(s_new, Running(life));
        Assert.Equal((0, 0), (life.Board.Changes, (int)State(life).Trial));
        Assert.NotEqual(0, changes);
    }

    [Fact]
    public void What_is_not_confirmed_in_time_goes_back()
    {
        LifeBoard life = OnTrial();
        Pass(life, 59);
        Assert.Equal(s_new, Running(life));
        Pass(life, 2);
        Assert.Equal((GuestState.Running, 3), (life.State, life.Starts));
        Assert.Equal(s_old, Running(life));
        Assert.True(State(life).IsBad(1));
        Assert.Contains("gateway: stopped: its update was not confirmed in time", life.Board.Lines());
        Assert.Equal((BackReason.Unconfirmed, Gateway), (State(life).Back, State(life).BackBy));
        life = Reboot(life);
        Assert.Equal(s_old, Running(life));
        Assert.Equal(BackReason.Unconfirmed, State(life).Back);
    }

    [Theory]
    [InlineData(StopReason.SystemReset, BackReason.Reset)]
    [InlineData(StopReason.Stage2Fault, BackReason.Crash)]
    [InlineData(StopReason.Watchdog, BackReason.Watchdog)]
    public void Each_start_costs_a_try_and_after_the_last_it_goes_back(StopReason reason, BackReason why)
    {
        LifeBoard life = OnTrial();
        for (int tries = 2; tries > 0; tries--)
        {
            Assert.Equal(tries, State(life).Tries);
            life.Stop(0, reason);
            Pass(life, 1);
            Assert.Equal(s_new, Running(life));
        }
        life.Stop(0, reason);
        Pass(life, 1);
        Assert.Equal(s_old, Running(life));
        Assert.Equal((why, Gateway), (State(life).Back, State(life).BackBy));
    }

    [Fact]
    public void A_power_cut_costs_a_try_as_well()
    {
        LifeBoard life = OnTrial();
        for (int i = 0; i < 2; i++)
        {
            life = Reboot(life);
            Assert.Equal(s_new, Running(life));
        }
        life = Reboot(life);
        Assert.Equal(s_old, Running(life));
        Assert.Equal(BackReason.Tries, State(life).Back);
    }

    [Fact]
    public void An_end_that_is_not_restarted_goes_back_at_once()
    {
        LifeBoard life = OnTrial();
        life.Policy.On = RestartReasons.None;
        life.Stop(0, StopReason.SystemOff);
        life.Settle();
        Assert.Equal((GuestState.Running, 3), (life.State, life.Starts));
        Assert.Equal(s_old, Running(life));
        Assert.Equal(BackReason.Off, State(life).Back);
    }

    [Fact]
    public void A_refused_package_goes_back_before_it_was_entered()
    {
        LifeBoard life = Activated(life => life.Board.Image[(int)(6 * Samples.MiB) + PackageHeader.StoredSize] ^= 1);
        Pass(life, 1);
        Assert.Equal((GuestState.Running, 2), (life.State, life.Starts));
        Assert.Equal(s_old, Running(life));
        Assert.Equal(BackReason.Package, State(life).Back);
    }

    [Fact]
    public void The_old_versions_word_is_not_the_new_ones()
    {
        LifeBoard life = Booted(s_old, s_new);
        Accept(life);
        // The record says so, and nobody has stopped the guest yet.
        Assert.Equal(UpdateRefusal.None, UpdateState.Activate(ref Store().Record, 1u << Gateway, 3));
        Assert.True(Store().TryKeep());
        Assert.Equal(GuestState.Running, life.State);
        Assert.Equal(UpdateRefusal.NotOnTrial, GuestTrial<FakeArch>.Confirm(0));
        Assert.Equal((1, false), (State(life).Trial, State(life).IsHealthy));
        // Nor once it is being stopped.
        life.Request(GuestRequest.Restart);
        Assert.Equal(GuestState.Stopping, life.State);
        Assert.Equal(UpdateRefusal.NotOnTrial, GuestTrial<FakeArch>.Confirm(0));
        Assert.Equal((1, false), (State(life).Trial, State(life).IsHealthy));
    }

    // The record has it, and nobody has stopped the guest yet.
    [Fact]
    public void A_word_comes_too_late_for_what_has_gone_back()
    {
        LifeBoard life = OnTrial();
        Assert.NotEqual(0u, Store().RollBack(BackReason.Asked, -1));
        Assert.Equal(GuestState.Running, life.State);
        Assert.Equal(UpdateRefusal.NotOnTrial, GuestTrial<FakeArch>.Confirm(0));
        Assert.Equal(0, life.Board.Partitions[0].HasReported);
    }

    [Fact]
    public void What_the_flash_does_not_keep_is_not_tried()
    {
        LifeBoard life = Booted(s_old, s_new);
        Accept(life);
        life.Board.FlashRefuses = true;
        Assert.Equal(UpdateRefusal.NotKept, GuestTrial<FakeArch>.Activate(1u << Gateway));
        life.Board.FlashRefuses = false;
        Assert.Equal(UpdateRefusal.None, GuestTrial<FakeArch>.Activate(1u << Gateway));
        life.Board.FlashRefuses = true;
        life.Settle();
        Assert.Equal(s_old, Running(life));
        Assert.Equal(0, State(life).Trial);
    }

    [Fact]
    public void A_word_that_is_not_kept_may_be_said_again()
    {
        LifeBoard life = OnTrial();
        life.Board.FlashRefuses = true;
        Assert.Equal(HypervisorCall<FakeArch>.NotKept, HypervisorCall<FakeArch>.Handle(ref life.Board.Vcpus[0], HypervisorCall<FakeArch>.Healthy, 0, 0));
        Assert.Equal(1, State(life).Trial);
        life.Board.FlashRefuses = false;
        Assert.Equal(UpdateRefusal.None, GuestTrial<FakeArch>.Confirm(0));
        Assert.Equal(0, State(life).Trial);
    }

    [Fact]
    public void The_first_feeding_of_a_watchdog_confirms_where_it_may()
    {
        LifeBoard life = WatchedOnTrial(0);
        for (int i = 0; i < 10; i++)
            Pass(life, 1);
        Assert.Equal(1, State(life).Trial);
        GuestWatchdog<FakeArch>.Feed(ref life.Board.Vcpus[0]);
        Pass(life, 1);
        Assert.Equal(0, State(life).Trial);
        Assert.Equal(s_new, Running(life));
    }

    [Fact]
    public void A_watchdog_that_nobody_feeds_confirms_nothing_at_its_pre_timeout()
    {
        LifeBoard life = WatchedOnTrial(20_000);
        Pass(life, 11);
        GuestWatchdog<FakeArch>.Check(ref life.Board.Vcpus[0], life.Board.Time);
        Assert.Equal(WatchdogState.Late, life.Board.Partitions[0].Watchdog.State);
        for (int i = 0; i < 10; i++)
            Pass(life, 1);
        Assert.Equal(1, State(life).Trial);
    }

    [Fact]
    public void Fallback_takes_the_other_slot_where_it_holds_something_sound()
    {
        LifeBoard life = Booted(s_old, s_new);
        life.Policy = new() { On = RestartReasons.Crash, Limit = 1, WindowSeconds = 60, DelayMilliseconds = 100, Fallback = 1 };
        life.Stop(0, StopReason.Stage2Fault);
        Pass(life, 1);
        Assert.Equal(s_old, Running(life));
        life.Stop(0, StopReason.Stage2Fault);
        Pass(life, 1);
        Assert.Equal(s_new, Running(life));
        Assert.Contains("gateway: falls back to its other slot", life.Board.Lines());
        // And then there is no other.
        life.Stop(0, StopReason.Stage2Fault);
        Pass(life, 1);
        life.Stop(0, StopReason.Stage2Fault);
        Pass(life, 100);
        Assert.Equal(GuestState.Stopped, life.State);
        Assert.Equal(s_new, Running(Reboot(life)));
    }

    [Fact]
    public void An_empty_slot_is_no_reason_to_give_one_up()
    {
        LifeBoard life = Booted(s_old, null);
        life.Policy = new() { On = RestartReasons.None, Fallback = 1 };
        life.Stop(0, StopReason.Stage2Fault);
        Pass(life, 1);
        Assert.Equal((GuestState.Stopped, 0), (life.State, life.Board.Changes));
        Assert.Equal(s_old, Running(Reboot(life)));
    }

    [Fact]
    public void A_hypervisor_on_trial_waits_for_the_guests_that_are_asked()
    {
        LifeBoard life = WithHypervisorOnTrial(StartedSlot.Of(1));
        // It was started, which is not enough; the second guest is not asked and not started here.
        life.Board.Partitions[1].Starts = 1;
        Assert.Equal(1, State(life, UpdateUnit.Hypervisor).Trial);
        Assert.Equal(UpdateRefusal.None, GuestTrial<FakeArch>.Confirm(0));
        Assert.Equal((0, 1), (State(life, UpdateUnit.Hypervisor).Trial, State(life, UpdateUnit.Hypervisor).Active));
    }

    // Its try could not be kept, so the old one runs, and the flash works again.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_old_hypervisor_does_not_confirm_the_new_one(bool refuses)
    {
        LifeBoard life = WithHypervisorOnTrial(StartedSlot.Of(0), refuses);
        Assert.Equal((0, 0), (State(life, UpdateUnit.Hypervisor).Trial, State(life, UpdateUnit.Hypervisor).Active));
        life.Board.FlashRefuses = false;
        GuestTrial<FakeArch>.Confirm(0);
        Assert.Equal((0, 0), (State(life, UpdateUnit.Hypervisor).Trial, State(life, UpdateUnit.Hypervisor).Active));
    }

    // Between its activation and the reset that follows, another CPU starts a guest, or a guest says that it works.
    [Theory]
    [InlineData(UpdateUnit.Hypervisor)]
    [InlineData(UpdateUnit.Table)]
    public void What_was_activated_since_the_start_has_yet_to_run(int unit)
    {
        LifeBoard life = WithHypervisorOnTrial(StartedSlot.Of(1));
        life.Board.Partitions[1].Starts = 1;
        Assert.Equal(UpdateRefusal.None, GuestTrial<FakeArch>.Confirm(0));
        life = Reboot(life, required: true, StartedSlot.Of(1));
        life.Board.Partitions[0].HasReported = 1;
        life.Board.Partitions[1].Starts = 1;
        Store().Record.Unit[unit].SetBad(State(life, unit).Other, false);
        Assert.Equal(UpdateRefusal.None, UpdateState.Activate(ref Store().Record, 1u << unit, 3));
        Assert.True(Store().TryKeep());
        GuestTrial<FakeArch>.Started(ref life.Board.Vcpus[0]);
        Assert.Equal(1, State(life, unit).Trial);
    }

    // Neither it nor the record knows what runs.
    [Fact]
    public void A_hypervisor_that_another_loader_started_confirms_none()
    {
        LifeBoard life = WithHypervisorOnTrial();
        life.Board.Partitions[1].Starts = 1;
        life.Board.Partitions[0].HasReported = 1;
        GuestTrial<FakeArch>.Confirm(0);
        GuestTrial<FakeArch>.Started(ref life.Board.Vcpus[0]);
        Assert.Equal(1, State(life, UpdateUnit.Hypervisor).Trial);
    }

    // The one that runs was on trial itself until then.
    [Fact]
    public void The_next_one_has_yet_to_run_as_well()
    {
        LifeBoard life = WithHypervisorOnTrial(StartedSlot.Of(1));
        life.Board.Partitions[1].Starts = 1;
        Assert.Equal(UpdateRefusal.None, GuestTrial<FakeArch>.Confirm(0));
        Assert.Equal((0, 1), (State(life, UpdateUnit.Hypervisor).Trial, State(life, UpdateUnit.Hypervisor).Active));
        Store().Record.Unit[UpdateUnit.Hypervisor].SetBad(0, false);
        Assert.Equal(UpdateRefusal.None, UpdateState.Activate(ref Store().Record, 1u << UpdateUnit.Hypervisor, 3));
        Assert.True(Store().TryKeep());
        GuestTrial<FakeArch>.Started(ref life.Board.Vcpus[0]);
        Assert.Equal(1, State(life, UpdateUnit.Hypervisor).Trial);
    }

    /// <summary>Each look at a guest that it waits for feeds the board's watchdog, and its confirmation stops it.</summary>
    [Fact]
    public void While_a_hypervisor_is_on_trial_the_boards_watchdog_runs()
    {
        LifeBoard life = Watched(WithHypervisorOnTrial(StartedSlot.Of(1)), confirm: 400_000);
        life.Board.Partitions[1].Starts = 1;
        for (int i = 0; i < 6; i++)
        {
            Pass(life, 60);
            Assert.Equal(i + 2, Fed(life));
        }
        Assert.Equal(UpdateRefusal.None, GuestTrial<FakeArch>.Confirm(0));
        Assert.Equal("stop board watchdog", life.Board.Calls[^1]);
        life.Stop(0, StopReason.SystemReset);
        Pass(life, 100);
        Assert.Equal((2, 7), (life.Starts, Fed(life)));
    }

    [Fact]
    public void A_hypervisor_that_goes_back_stops_the_boards_watchdog_before_the_reset()
    {
        LifeBoard life = Watched(WithHypervisorOnTrial(StartedSlot.Of(1)), confirm: 70_000);
        Pass(life, 60);
        Assert.DoesNotContain("stop board watchdog", life.Board.Calls);
        Pass(life, 11);
        Assert.True(life.IsBoardReset);
        Assert.Contains("stop board watchdog", life.Board.Calls);
    }

    // A guest that takes long is launched again and again, within what its policy allows.
    [Fact]
    public void A_launch_during_the_trial_feeds_the_boards_watchdog()
    {
        LifeBoard life = Watched(WithHypervisorOnTrial(StartedSlot.Of(1)), confirm: 60_000);
        life.Stop(0, StopReason.SystemReset);
        Pass(life, 1);
        Assert.Equal((2, 2), (life.Starts, Fed(life)));
    }

    // Its order in the manifest holds: it chooses its slot when its turn comes.
    [Fact]
    public void A_guest_that_waits_is_not_started_by_its_update()
    {
        LifeBoard life = Booted(s_old, s_new);
        life.Board.Partitions[0].State = (int)GuestState.Waiting;
        Accept(life);
        Assert.Equal(UpdateRefusal.None, GuestTrial<FakeArch>.Activate(1u << Gateway));
        Assert.Equal((int)GuestRequest.None, life.Board.Partitions[0].Request);
    }

    [Fact]
    public void A_hypervisor_whose_guests_say_nothing_goes_back_with_a_reset()
    {
        LifeBoard life = WithHypervisorOnTrial(StartedSlot.Of(1));
        Pass(life, 61);
        Assert.True(life.IsBoardReset);
        Assert.True(State(life, UpdateUnit.Hypervisor).IsBad(1));
    }

    /// <summary>Its policy would start the guest for ever; the time to say that it works is one for all these lives.</summary>
    [Fact]
    public void A_hypervisor_whose_guest_fails_again_and_again_goes_back_with_a_reset()
    {
        LifeBoard life = WithHypervisorOnTrial(StartedSlot.Of(1));
        for (int seconds = 0; seconds < 56; seconds += 5)
        {
            Assert.False(life.IsBoardReset);
            life.Stop(0, StopReason.SystemReset);
            Pass(life, 5);
        }
        Pass(life, 1);
        Assert.True(life.IsBoardReset);
        Assert.True(State(life, UpdateUnit.Hypervisor).IsBad(1));
    }

    // Each end that a trial can have by one of its guests; the other one runs, and must not go on from the slot that failed.
    [Theory]
    [InlineData("fails")]
    [InlineData("has no try left")]
    [InlineData("is refused")]
    public void A_set_goes_back_as_one(string how)
    {
        LifeBoard life = Booted(s_old, s_new);
        life.Board.Table.Guest[1].SlotB = new() { Offset = 8 * Samples.MiB, Size = 2 * Samples.MiB };
        Store().AddGuests(in life.Board.Table);
        Accept(life);
        Assert.Equal(UpdateRefusal.None, UpdateState.Accept(ref Store().Record, Gateway + 1, 0));
        Assert.Equal(UpdateRefusal.None, GuestTrial<FakeArch>.Activate(1u << Gateway | 2u << Gateway));
        ref VcpuCore vcpu = ref life.Board.Vcpus[0];
        ref PartitionCore gateway = ref life.Board.Partitions[0], app = ref life.Board.Partitions[1];
        gateway.Slot = 1;
        app.State = (int)GuestState.Running;
        switch (how)
        {
            case "fails":
                Assert.True(GuestTrial<FakeArch>.TryRollBack(ref vcpu, ref gateway));
                break;
            case "is refused":
                Assert.True(GuestTrial<FakeArch>.TryOther(ref vcpu, ref gateway));
                break;
            default:
                Store().Record.Unit[Gateway].Tries = 0;
                GuestTrial<FakeArch>.Choose(ref vcpu, ref gateway, out ImageRange slot, out _);
                Assert.Equal(gateway.Entry.SlotA.Offset, slot.Offset);
                break;
        }
        Assert.Equal((int)GuestRequest.Restart, app.Request);
        Assert.Equal((0, 0), (State(life).Trial, State(life, Gateway + 1).Trial));
        Assert.Contains("app: goes back to its confirmed slot", life.Board.Lines());
    }

    [Fact]
    public void A_slot_is_not_charged_with_what_another_one_held()
    {
        LifeBoard life = Activated();
        ref VcpuCore vcpu = ref life.Board.Vcpus[0];
        ref PartitionCore gateway = ref life.Board.Partitions[0];
        GuestTrial<FakeArch>.Choose(ref vcpu, ref gateway, out ImageRange slot, out _);
        Assert.Equal(gateway.Entry.SlotB.Offset, slot.Offset);

        // It is loaded, which takes its time: somebody takes it back, and brings in another that is sound.
        Assert.Equal(UpdateRefusal.None, GuestTrial<FakeArch>.RollBack());
        Assert.True(GuestTrial<FakeArch>.TryOther(ref vcpu, ref gateway));
        Assert.False(State(life).IsBad(0));
        Assert.Equal(UpdateRefusal.None, UpdateState.Accept(ref Store().Record, Gateway, 0));
        Assert.True(GuestTrial<FakeArch>.TryOther(ref vcpu, ref gateway));
        Assert.Equal((0, false), (State(life).Active, State(life).IsBad(0)));
        GuestTrial<FakeArch>.Choose(ref vcpu, ref gateway, out slot, out _);
        Assert.Equal(gateway.Entry.SlotA.Offset, slot.Offset);
    }

    [Fact]
    public void A_version_that_has_not_run_is_not_blamed_for_the_old_ones_end()
    {
        LifeBoard life = Activated();
        ref VcpuCore vcpu = ref life.Board.Vcpus[0];
        Assert.False(GuestTrial<FakeArch>.TryRollBack(ref vcpu, ref life.Board.Partitions[0]));
        Assert.True(GuestTrial<FakeArch>.TryOther(ref vcpu, ref life.Board.Partitions[0]));
        Assert.Equal(1, State(life).Trial);
    }

    [Fact]
    public void What_somebody_wants_back_goes_back_at_once()
    {
        LifeBoard life = OnTrial();
        Assert.Equal(UpdateRefusal.None, GuestTrial<FakeArch>.RollBack());
        Pass(life, 1);
        Assert.Equal((GuestState.Running, 3), (life.State, life.Starts));
        Assert.Equal(s_old, Running(life));
        Assert.Equal((BackReason.Asked, -1), (State(life).Back, State(life).BackBy));
        Assert.Equal(UpdateRefusal.NotOnTrial, GuestTrial<FakeArch>.RollBack());
    }

    [Fact]
    public void A_slot_that_failed_is_nothing_to_fall_back_to()
    {
        LifeBoard life = OnTrial();
        Pass(life, 61);
        Assert.Equal(s_old, Running(life));
        life.Policy = new() { On = RestartReasons.None, Fallback = 1 };
        life.Stop(0, StopReason.Stage2Fault);
        Pass(life, 1);
        Assert.Equal((GuestState.Stopped, 0), (life.State, (int)State(life).Active));
    }

    [Fact]
    public void Units_that_cannot_be_updated_are_none()
    {
        LifeBoard life = Booted(s_old, s_new);
        Accept(life);
        // Nothing said where the hypervisor's slots are.
        Assert.Equal(UpdateRefusal.NoSuchUnit, GuestTrial<FakeArch>.Activate(1u << Gateway | 1u << UpdateUnit.Hypervisor));
        Assert.Equal(UpdateRefusal.NoSuchUnit, GuestTrial<FakeArch>.Activate(1u << UpdateUnit.FirstGuest + 5));
        Assert.Equal(UpdateRefusal.NoSuchUnit, GuestTrial<FakeArch>.Activate(0));
        Assert.Equal(0, life.Board.Changes);
    }

    // Its guest still runs from the old slot.
    private static LifeBoard Activated(Action<LifeBoard>? prepare = null)
    {
        LifeBoard life = Booted(s_old, s_new);
        prepare?.Invoke(life);
        Accept(life);
        Assert.Equal(UpdateRefusal.None, GuestTrial<FakeArch>.Activate(1u << Gateway));
        return life;
    }

    private static LifeBoard WatchedOnTrial(uint preTimeout)
    {
        LifeBoard life = Activated(life =>
        {
            ref GuestEntry entry = ref life.Board.Partitions[0].Entry;
            entry.Watchdog = new() { Timeout = 30_000, PreTimeout = preTimeout, Boot = 30_000 };
            entry.Update.Health = HealthSource.Watchdog;
        });
        life.Settle();
        return life;
    }

    private static LifeBoard WithHypervisorOnTrial(StartedSlot started = default, bool refuses = false)
    {
        LifeBoard life = Booted(s_old, s_new);
        ref UnitState hypervisor = ref Store().Record.Unit[UpdateUnit.Hypervisor];
        hypervisor.Trial = 1;
        hypervisor.Tries = 2;
        Assert.True(Store().TryKeep());
        return Reboot(life, required: true, started, refuses);
    }

    // As at the board's start, but for the guest, which runs already.
    private static LifeBoard Watched(LifeBoard life, uint confirm)
    {
        life.Board.HasWatchdog = true;
        TrialWatchdog<FakeArch>.Begin();
        Assert.Equal(1, Fed(life));
        ref PartitionCore gateway = ref life.Board.Partitions[0];
        gateway.Entry.Update.ConfirmMilliseconds = confirm;
        gateway.BoardDue = 1;
        GuestTrial<FakeArch>.Begin(ref life.Board.Vcpus[0], ref gateway);
        return life;
    }

    private static int Fed(LifeBoard life) => life.Board.Calls.Count(call => call == $"feed board watchdog {TrialWatchdog<FakeArch>.Milliseconds}");

    private static LifeBoard OnTrial()
    {
        LifeBoard life = Activated();
        life.Settle();
        Assert.Equal((GuestState.Running, 2), (life.State, life.Starts));
        return life;
    }

    // As after a bundle was taken in and verified; it is kept with the activation.
    private static void Accept(LifeBoard life)
    {
        Assert.Equal(UpdateRefusal.None, UpdateState.Accept(ref Store().Record, Gateway, 0));
        Assert.Equal(0, life.Board.Changes);
    }

    private static LifeBoard Booted(byte[] a, byte[]? b)
    {
        LifeBoard life = new();
        life.Board.Image.AsSpan(0, 2 * IFlash.EraseBlock).Fill(0xff);
        Package(a).CopyTo(life.Board.Image, (int)(4 * Samples.MiB));
        if (b is not null)
            Package(b).CopyTo(life.Board.Image, (int)(6 * Samples.MiB));
        return Boot(life, false);
    }

    private static LifeBoard Reboot(LifeBoard life, bool required = false, StartedSlot started = default, bool refuses = false)
    {
        byte[] image = life.Board.Image;
        life = new();
        image.CopyTo(life.Board.Image, 0);
        life.Board.FlashRefuses = refuses;
        return Boot(life, required, started);
    }

    private static LifeBoard Boot(LifeBoard life, bool required, StartedSlot started = default)
    {
        ref GuestEntry entry = ref life.Board.Partitions[0].Entry;
        entry.SlotB = new() { Offset = 6 * Samples.MiB, Size = 2 * Samples.MiB };
        entry.Update.IsRequired = required ? 1u : 0;
        life.Board.Table.Guest[0].SlotB = entry.SlotB;
        FirstStageConfig config = Config;
        BoardUpdates<FakeArch>.Open(in config, started);
        Store().AddGuests(in life.Board.Table);
        life.Serve(0);
        Assert.Equal((GuestState.Running, 1), (life.State, life.Starts));
        return life;
    }

    private static byte[] Package(byte[] kernel) =>
        Samples.Slot(2 << 20, [new(SegmentKind.Kernel, 0x4000_0000, kernel), new(SegmentKind.BootInfo, 0x4020_0000, new byte[256])]);

    private static ref UpdateStore<BoardFlash<FakeArch>> Store()
    {
        SpinLock.Guard held = BoardUpdates<FakeArch>.Enter();
        BoardUpdates<FakeArch>.Exit(held);
        return ref BoardUpdates<FakeArch>.Store(held);
    }

    private static UnitState State(LifeBoard life, int unit = Gateway) => Store().Record.Unit[unit];

    private static byte[] Running(LifeBoard life) => life.Board.Ram[..4];

    private static void Pass(LifeBoard life, ulong seconds)
    {
        life.Settle();
        life.Board.Time += seconds * Second;
        life.Settle();
    }
}
