using System.Diagnostics.CodeAnalysis;
using Bulkhead.Boot;
using Bulkhead.Partitions;

namespace Bulkhead.Update;

/// <summary>
/// Which slot's hypervisor a first stage starts, by the state record. On trial its try is used up before it is started, so
/// that one that hangs is given up by power cycles alone.
/// </summary>
public struct HypervisorChoice<TFlash> where TFlash : struct, IFlash
{
    private UpdateStore<TFlash> _store;
    private bool _hasGoneBack;

    [UnscopedRef]
    public ref TFlash Flash => ref _store.Flash;

    /// <summary>Loads the hypervisor that the record says, or else the other one. With neither there is nothing to start, which was said.</summary>
    /// <param name="started">For the hypervisor, which cannot know it by the record alone.</param>
    public bool TryLoad<TLoader>(in FirstStageConfig config, ref TLoader loader, out StartedSlot started) where TLoader : struct, IHypervisorLoader<TFlash>
    {
        int which = Begin(in config);
        if (_hasGoneBack)
            loader.Say("first stage: the hypervisor on trial goes back to its confirmed slot\r\n"u8);
        bool isLoaded = TryLoad(which, ref loader);
        if (!isLoaded && HasOther(out int other) && TryLoad(other, ref loader))
        {
            TakeOther();
            which = other;
            isLoaded = true;
        }
        started = StartedSlot.Of(which);
        if (isLoaded)
        {
            loader.Starts(Unit.IsOnTrial);
            return true;
        }
        loader.Say("first stage: no usable hypervisor in either slot; write the image again\r\n"u8);
        return false;
    }

    private bool TryLoad<TLoader>(int which, ref TLoader loader) where TLoader : struct, IHypervisorLoader<TFlash>
    {
        HypervisorFault fault = loader.Load(ref Flash, Slot(which), Rollback);
        if (fault == HypervisorFault.None)
            return true;
        loader.Say("first stage: hypervisor slot "u8);
        loader.Say(which == 0 ? "a "u8 : "b "u8);
        loader.Say(HypervisorFaultText.Of(fault));
        loader.Say("\r\n"u8);
        return false;
    }

    /// <returns>The slot to start: 0 for a, 1 for b.</returns>
    public int Begin(in FirstStageConfig config)
    {
        _store.Open(in config);
        _hasGoneBack = _store.Launch(UpdateUnit.Hypervisor) != 0;
        return Unit.Current;
    }

    public ImageRange Slot(int which) => _store.Slot(UpdateUnit.Hypervisor, which);

    /// <summary>No hypervisor with a lower index is started.</summary>
    public ulong Rollback => Unit.Rollback;

    /// <summary>After the first one was refused. False when the other is known to be no good.</summary>
    public bool HasOther(out int which)
    {
        which = Unit.Current ^ 1;
        return !Unit.IsBad(which);
    }

    /// <summary>The other one is good and will be started.</summary>
    public void TakeOther() => _store.Refuse(UpdateUnit.Hypervisor, BackReason.Package, out _);

    [UnscopedRef]
    private ref UnitState Unit => ref _store.Record.Unit[UpdateUnit.Hypervisor];
}
