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

    [UnscopedRef]
    public ref TFlash Flash => ref _store.Flash;

    /// <returns>The slot to start: 0 for a, 1 for b.</returns>
    public int Begin(in FirstStageConfig config)
    {
        _store.Open(in config);
        _store.Launch(UpdateUnit.Hypervisor);
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
    public void TakeOther() => _store.Refuse(UpdateUnit.Hypervisor, out _);

    [UnscopedRef]
    private ref UnitState Unit => ref _store.Record.Unit[UpdateUnit.Hypervisor];
}
