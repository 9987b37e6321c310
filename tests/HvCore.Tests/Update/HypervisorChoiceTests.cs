using System;
using System.Text;
using Bulkhead.Boot;
using Bulkhead.Partitions;
using Bulkhead.Update;
using Xunit;

namespace Bulkhead.Tests.Update;

/// <summary>What the first stages start, boot after boot.</summary>
public class HypervisorChoiceTests
{
    private const int Unit = UpdateUnit.Hypervisor;

    private readonly FlashModel _model = new();

    [Fact]
    public void As_delivered_it_is_a_and_nothing_is_written()
    {
        HypervisorChoice<FailingFlash> choice = Boot(out int slot, refuses: true);
        Assert.Equal(0, slot);
        Assert.Equal(4ul * IFlash.EraseBlock, choice.Slot(slot).Offset);
        Assert.Equal(5ul * IFlash.EraseBlock, choice.Slot(1).Offset);
        // Slot b may hold another: nothing says that it does not.
        Assert.True(choice.HasOther(out slot));
        Assert.Equal(1, slot);
        Assert.Equal(0, _model.Steps);
    }

    [Fact]
    public void A_trial_is_as_long_as_its_tries()
    {
        PutOnTrial(tries: 2);
        Boot(out int slot);
        Assert.Equal(1, slot);
        Boot(out slot);
        Assert.Equal(1, slot);
        HypervisorChoice<FailingFlash> choice = Boot(out slot);
        Assert.Equal(0, slot);
        Assert.False(choice.HasOther(out _));
        int steps = _model.Steps;
        Boot(out slot);
        Assert.Equal(0, slot);
        Assert.Equal(steps, _model.Steps);
    }

    [Fact]
    public void A_try_that_cannot_be_kept_is_none()
    {
        PutOnTrial(tries: 2);
        Boot(out int slot, refuses: true);
        Assert.Equal(0, slot);
        Boot(out slot);
        Assert.Equal(1, slot);
    }

    [Fact]
    public void A_refused_trial_goes_back_and_a_refused_hypervisor_gives_way_for_good()
    {
        PutOnTrial(tries: 2);
        HypervisorChoice<FailingFlash> choice = Boot(out _);
        Assert.True(choice.HasOther(out int other));
        Assert.Equal(0, other);
        choice.TakeOther();
        choice = Boot(out int slot);
        Assert.Equal(0, slot);
        Assert.False(choice.HasOther(out _));
    }

    [Fact]
    public void One_that_was_confirmed_counts()
    {
        PutOnTrial(tries: 1);
        UpdateStore<FailingFlash> store = Open();
        Assert.True(UpdateState.ReportHealthy(ref store.Record, Unit));
        Assert.True(store.TryKeep());
        HypervisorChoice<FailingFlash> choice = Boot(out int slot, refuses: true);
        Assert.Equal(1, slot);
        Assert.Equal(9ul, choice.Rollback);
        Assert.True(choice.HasOther(out _));
        choice = Boot(out _);
        choice.TakeOther();
        choice = Boot(out slot);
        Assert.Equal(0, slot);
        Assert.False(choice.HasOther(out _));
    }

    [Theory]
    [InlineData(HypervisorFault.None, HypervisorFault.None, 0)]
    [InlineData(HypervisorFault.OtherBinary, HypervisorFault.None, 1)]
    [InlineData(HypervisorFault.OtherBinary, HypervisorFault.Unreadable, -1)]
    public void What_is_refused_is_said_and_the_other_is_loaded(HypervisorFault a, HypervisorFault b, int loaded)
    {
        HypervisorChoice<FailingFlash> choice = default;
        choice.Flash = new(_model);
        FirstStageConfig config = Config;
        ModelLoader loader = new() { A = a, B = b, Loaded = -1, Said = "" };
        Assert.Equal(loaded >= 0, choice.TryLoad(in config, ref loader, out StartedSlot started));
        Assert.True(loaded < 0 || started.IsKnown && started.Which == loaded);
        Assert.Equal(loaded, loader.Loaded);
        Assert.Equal(a != HypervisorFault.None, loader.Said.Contains("slot a has another digest than its header says", StringComparison.Ordinal));
        Assert.Equal(loaded < 0, loader.Said.Contains("slot b cannot be read", StringComparison.Ordinal));
        Assert.Equal(loaded < 0, loader.Said.Contains("no usable hypervisor in either slot", StringComparison.Ordinal));

        // The next boot starts with what this one found good.
        Boot(out int next);
        Assert.Equal(int.Max(loaded, 0), next);
    }

    /// <summary>It says which start is a trial, where the board's watchdog is wanted, and which follows one that failed.</summary>
    [Theory]
    [InlineData(HypervisorFault.None, "1 on trial", "1 on trial", "0")]
    [InlineData(HypervisorFault.OtherBinary, "0", "0", "0")]
    public void Starts_on_trial_are_told_apart(HypervisorFault b, params string[] started)
    {
        PutOnTrial(tries: 2);
        for (int i = 0; i < started.Length; i++)
        {
            HypervisorChoice<FailingFlash> choice = default;
            choice.Flash = new(_model);
            FirstStageConfig config = Config;
            ModelLoader loader = new() { B = b, Said = "", Started = "" };
            Assert.True(choice.TryLoad(in config, ref loader, out _));
            Assert.Equal(started[i], loader.Started);
            Assert.Equal(i == 2 && b == HypervisorFault.None, loader.Said.Contains("the hypervisor on trial goes back", StringComparison.Ordinal));
        }
    }

    /// <summary>Whatever the flash refuses, and whenever: only one that ran is confirmed, and the slot that runs is no other's to write.</summary>
    [Theory]
    [InlineData(HypervisorFault.None, HypervisorFault.None, 0)]
    [InlineData(HypervisorFault.None, HypervisorFault.OtherBinary, 0)]
    [InlineData(HypervisorFault.OtherBinary, HypervisorFault.None, -1)]
    public void Where_nothing_is_kept_the_hypervisor_hears_what_was_started(HypervisorFault a, HypervisorFault b, int expected)
    {
        PutOnTrial(tries: 2);
        HypervisorChoice<FailingFlash> choice = default;
        choice.Flash = new(_model) { Refuses = true };
        FirstStageConfig config = Config;
        ModelLoader loader = new() { A = a, B = b, Loaded = -1, Said = "" };
        Assert.Equal(expected >= 0, choice.TryLoad(in config, ref loader, out StartedSlot started));
        Assert.Equal(expected, loader.Loaded);
        if (expected < 0)
            return;
        UpdateStore<FailingFlash> store = Open();
        Assert.Equal(1, store.Record.Unit[Unit].Current);
        store.BoardStarts(started);
        Assert.Equal(expected, store.Record.Unit[Unit].Current);
        Assert.False(UpdateState.ReportHealthy(ref store.Record, Unit));
        Assert.Equal(expected, Open().Record.Unit[Unit].Active);
    }

    private struct ModelLoader : IHypervisorLoader<FailingFlash>
    {
        public HypervisorFault A;
        public HypervisorFault B;
        public int Loaded;
        public string Said;
        /// <summary>Each start.</summary>
        public string Started;

        public HypervisorFault Load(ref FailingFlash flash, ImageRange slot, ulong rollback)
        {
            bool isA = slot.Offset == Block(4).Offset;
            HypervisorFault fault = isA ? A : B;
            if (fault == HypervisorFault.None)
                Loaded = isA ? 0 : 1;
            return fault;
        }

        public void Starts(bool isOnTrial) => Started += isOnTrial ? $"{Loaded} on trial" : $"{Loaded}";

        public void Say(ReadOnlySpan<byte> text) => Said += Encoding.ASCII.GetString(text);
    }

    private void PutOnTrial(byte tries)
    {
        UpdateStore<FailingFlash> store = Open();
        Assert.Equal(UpdateRefusal.None, UpdateState.Stage(ref store.Record, Unit));
        Assert.Equal(UpdateRefusal.None, UpdateState.Accept(ref store.Record, Unit, 9));
        Assert.Equal(UpdateRefusal.None, UpdateState.Activate(ref store.Record, 1u << Unit, tries));
        Assert.True(store.TryKeep());
    }

    private UpdateStore<FailingFlash> Open()
    {
        UpdateStore<FailingFlash> store = new() { Flash = new(_model) };
        FirstStageConfig config = Config;
        store.Open(in config);
        return store;
    }

    private HypervisorChoice<FailingFlash> Boot(out int slot, bool refuses = false)
    {
        HypervisorChoice<FailingFlash> choice = default;
        choice.Flash = new(_model) { Refuses = refuses };
        FirstStageConfig config = Config;
        slot = choice.Begin(in config);
        return choice;
    }

    private static FirstStageConfig Config => new()
    {
        HypervisorA = Block(4),
        HypervisorB = Block(5),
        State0 = Block(1),
        State1 = Block(2),
    };

    private static ImageRange Block(int index) => new() { Offset = (ulong)index * IFlash.EraseBlock, Size = IFlash.EraseBlock };
}
