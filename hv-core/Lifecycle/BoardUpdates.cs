using Bulkhead.Boot;
using Bulkhead.Partitions;
using Bulkhead.Update;

namespace Bulkhead.Lifecycle;

/// <summary>
/// The board's one <see cref="UpdateStore{TFlash}"/> and the lock that goes with it. Whoever holds the lock takes no
/// interrupts, waits for nobody, and lets go between two steps of an update.
/// </summary>
public static class BoardUpdates<TArch> where TArch : struct, IArch
{
    private static UpdateStore<BoardFlash<TArch>> _store;
    private static SpinLock _lock;
    private static RootDigests _roots;

    /// <summary>At boot, before the appliance table is read.</summary>
    public static void Open(in FirstStageConfig config)
    {
        _roots = config.Roots;
        _store.Open(in config);
    }

    /// <summary>The keys that bundles for more than one guest are signed with.</summary>
    public static ref readonly RootDigests Roots => ref _roots;

    public static SpinLock.Guard Enter() => _lock.Enter();

    /// <summary>For a CPU that has something better to do than to wait: an erase can take a second.</summary>
    public static bool TryEnter(out SpinLock.Guard held) => _lock.TryEnter(out held);

    public static void Exit(SpinLock.Guard held) => _lock.Exit(held);

    public static ref UpdateStore<BoardFlash<TArch>> Store(SpinLock.Guard held) => ref _store;

    /// <summary>
    /// Before a launch: what the record says of a unit, with its try used up where it is on trial. What cannot be kept
    /// is not tried: then, and when no try is left, the set goes back.
    /// </summary>
    /// <returns>The units that went back, a bit each.</returns>
    public static uint Launch(SpinLock.Guard held, int unit)
    {
        ref StateRecord record = ref _store.Record;
        uint before = UpdateState.OnTrial(ref record);
        if (!UpdateState.Launch(ref record, unit))
            return 0;
        if (!_store.TryKeep())
            UpdateState.RollBack(ref record);
        return before & ~UpdateState.OnTrial(ref record);
    }

    /// <summary>
    /// The package in a unit's current slot is not to be launched again. Where the flash does not keep that, it holds until
    /// the next boot, which finds out for itself.
    /// </summary>
    /// <returns>Whether there is another slot to launch.</returns>
    public static bool Refuse(SpinLock.Guard held, int unit, out uint wentBack)
    {
        ref StateRecord record = ref _store.Record;
        uint before = UpdateState.OnTrial(ref record);
        bool hasOther = UpdateState.Refuse(ref record, unit);
        if (hasOther && !_store.TryKeep())
            UpdateState.Refuse(ref record, unit);
        wentBack = before & ~UpdateState.OnTrial(ref record);
        return hasOther;
    }

    /// <summary>The set on trial goes back.</summary>
    /// <returns>The units that did, a bit each.</returns>
    public static uint RollBack(SpinLock.Guard held)
    {
        ref StateRecord record = ref _store.Record;
        uint units = UpdateState.RollBack(ref record);
        if (units != 0 && !_store.TryKeep())
            UpdateState.RollBack(ref record);
        return units;
    }
}
