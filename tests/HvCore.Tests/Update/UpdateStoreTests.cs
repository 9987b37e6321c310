using System;
using Bulkhead.Boot;
using Bulkhead.Partitions;
using Bulkhead.Update;
using Xunit;

namespace Bulkhead.Tests.Update;

public class UpdateStoreTests
{
    private const int Guest = UpdateUnit.FirstGuest;

    private static FirstStageConfig Config => new()
    {
        HypervisorA = Block(4),
        HypervisorB = Block(5),
        TableA = Block(6),
        TableB = Block(7),
        State0 = Block(1),
        State1 = Block(2),
    };

    [Fact]
    public void Slots_are_those_of_config_and_table()
    {
        UpdateStore<FailingFlash> store = Open(new FlashModel(), out bool isThere);
        Assert.False(isThere);
        Assert.Equal(4 * IFlash.EraseBlock, (int)store.Slot(UpdateUnit.Hypervisor, 0).Offset);
        Assert.Equal(7 * IFlash.EraseBlock, (int)store.Slot(UpdateUnit.Table, 1).Offset);
        Assert.Equal(8 * IFlash.EraseBlock, (int)store.Current(Guest).Offset);
        Assert.True(store.CanUpdate(Guest));
        // One slot only, no such guest, no such unit.
        Assert.False(store.CanUpdate(Guest + 1));
        Assert.False(store.CanUpdate(Guest + 2));
        Assert.False(store.CanUpdate(-1));
        Assert.False(store.CanUpdate(UpdateUnit.Count));
        store.Record.Unit[Guest].Active = 1;
        Assert.Equal(9 * IFlash.EraseBlock, (int)store.Current(Guest).Offset);
    }

    [Fact]
    public void What_is_kept_is_there_at_the_next_boot()
    {
        FlashModel model = new();
        UpdateStore<FailingFlash> store = Open(model, out _);
        store.Record.Unit[Guest].Rollback = 7;
        Assert.True(store.TryKeep());
        store.Record.Unit[Guest].Rollback = 8;
        store = Open(model.AfterCut(), out bool isThere);
        Assert.True(isThere);
        Assert.Equal(7ul, store.Record.Unit[Guest].Rollback);
    }

    [Fact]
    public void What_the_flash_refuses_never_was()
    {
        FlashModel model = new();
        UpdateStore<FailingFlash> store = Open(model, out _);
        store.Record.Unit[Guest].Rollback = 7;
        Assert.True(store.TryKeep());
        ulong sequence = store.Record.Sequence;
        store.Flash.Refuses = true;
        store.Record.Unit[Guest].Rollback = 8;
        Assert.False(store.TryKeep());
        Assert.Equal(7ul, store.Record.Unit[Guest].Rollback);
        store.Flash.Refuses = false;
        Assert.True(store.TryKeep());
        Assert.True(store.Record.Sequence > sequence + 1);
        Assert.Equal(7ul, Open(model.AfterCut(), out _).Record.Unit[Guest].Rollback);
    }

    /// <summary>What went back without the flash keeping it stays so until the next boot, whatever else is not kept.</summary>
    [Theory]
    [InlineData("a try is not kept", BackReason.Flash)]
    [InlineData("no try is left", BackReason.Tries)]
    [InlineData("refused", BackReason.Package)]
    [InlineData("rolled back", BackReason.Unconfirmed)]
    [InlineData("the first stage went back", BackReason.Flash)]
    public void What_went_back_does_not_return_and_says_why(string how, BackReason why)
    {
        const int Unit = UpdateUnit.Hypervisor;
        UpdateStore<FailingFlash> store = Open(new FlashModel(), out _);
        Assert.Equal(UpdateRefusal.None, UpdateState.Activate(ref store.Record, 1u << Unit | 1u << Guest, 2));
        Assert.True(store.TryKeep());
        store.Flash.Refuses = true;
        switch (how)
        {
            case "a try is not kept":
                store.Launch(Unit);
                break;
            case "no try is left":
                store.Record.Unit[Unit].Tries = 0;
                store.Flash.Refuses = false;
                store.Launch(Unit);
                store.Flash.Refuses = true;
                break;
            case "refused":
                store.Refuse(Unit, BackReason.Package, out _);
                break;
            case "rolled back":
                store.RollBack(BackReason.Unconfirmed, Unit);
                break;
            default:
                store.BoardStarts(StartedSlot.Of(0));
                break;
        }
        Assert.Equal(0u, UpdateState.OnTrial(ref store.Record));
        // The whole set, by the one that was the reason.
        Assert.All([Unit, Guest], unit => Assert.Equal((why, Unit), (store.Record.Unit[unit].Back, store.Record.Unit[unit].BackBy)));
        Assert.Equal(BackReason.None, store.Record.Unit[Guest + 1].Back);
        store.Record.Unit[Guest + 1].SetBad(1, true);
        Assert.False(store.TryKeep());
        Assert.Equal(0u, UpdateState.OnTrial(ref store.Record));
        Assert.False(store.Record.Unit[Guest + 1].IsBad(1));
        store.Flash.Refuses = false;
        Assert.False(UpdateState.ReportHealthy(ref store.Record, Unit));
        Assert.Equal(UpdateRefusal.None, UpdateState.Stage(ref store.Record, Unit));
        Assert.Equal((BackReason.None, -1), (store.Record.Unit[Unit].Back, store.Record.Unit[Unit].BackBy));
    }

    [Fact]
    public void What_the_first_stage_took_instead_is_what_is_active()
    {
        FlashModel model = new();
        UpdateStore<FailingFlash> store = Open(model, out _);
        store.BoardStarts(default);
        store.BoardStarts(StartedSlot.Of(0));
        Assert.Equal(0, model.Steps);
        store.BoardStarts(StartedSlot.Of(1));
        UnitState state = Open(model.AfterCut(), out _).Record.Unit[UpdateUnit.Hypervisor];
        Assert.Equal((1, true), (state.Active, state.IsBad(0)));
    }

    private static UpdateStore<FailingFlash> Open(FlashModel model, out bool isThere)
    {
        UpdateStore<FailingFlash> store = new() { Flash = new(model) };
        FirstStageConfig config = Config;
        isThere = store.Open(in config);
        ApplianceTable table = default;
        table.GuestCount = 2;
        table.Guest[0].SlotA = Block(8);
        table.Guest[0].SlotB = Block(9);
        table.Guest[1].SlotA = Block(10);
        store.AddGuests(in table);
        return store;
    }

    private static ImageRange Block(uint index) => new() { Offset = index * (ulong)IFlash.EraseBlock, Size = IFlash.EraseBlock };
}
