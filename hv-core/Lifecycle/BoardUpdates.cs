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
    public static void Open(in FirstStageConfig config, StartedSlot started)
    {
        _roots = config.Roots;
        _store.Open(in config);
        _store.BoardStarts(started);
    }

    /// <summary>The keys that bundles for more than one guest are signed with.</summary>
    public static ref readonly RootDigests Roots => ref _roots;

    public static SpinLock.Guard Enter() => _lock.Enter();

    /// <summary>For a CPU that has something better to do than to wait: an erase can take a second.</summary>
    public static bool TryEnter(out SpinLock.Guard held) => _lock.TryEnter(out held);

    public static void Exit(SpinLock.Guard held) => _lock.Exit(held);

    public static ref UpdateStore<BoardFlash<TArch>> Store(SpinLock.Guard held) => ref _store;
}
