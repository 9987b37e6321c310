using System.Threading;

namespace Bulkhead;

/// <summary>For what cannot be done in one atomic operation, and never takes long.</summary>
public struct SpinLock
{
    private int _held;

    public Guard Enter()
    {
        while (Interlocked.CompareExchange(ref _held, 1, 0) != 0)
        {
            while (Volatile.Read(ref _held) != 0)
            {
            }
        }
        return default;
    }

    public void Exit(Guard held) => Volatile.Write(ref _held, 0);

    /// <summary>The proof that the lock is held.</summary>
    public readonly ref struct Guard;
}
