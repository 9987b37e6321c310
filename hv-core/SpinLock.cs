using System.Threading;

namespace Bulkhead;

/// <summary>
/// For what cannot be done in one atomic operation, and never takes long. First come, first served: who takes the lock
/// again and again does not keep the others out.
/// </summary>
public struct SpinLock
{
    private int _next;
    private int _serving;

    public Guard Enter()
    {
        int ticket = Interlocked.Increment(ref _next) - 1;
        while (Volatile.Read(ref _serving) != ticket)
            Thread.SpinWait(1);
        return default;
    }

    /// <summary>False when somebody holds it or waits for it.</summary>
    public bool TryEnter(out Guard held)
    {
        int ticket = Volatile.Read(ref _serving);
        return Interlocked.CompareExchange(ref _next, ticket + 1, ticket) == ticket;
    }

    public void Exit(Guard held) => Volatile.Write(ref _serving, _serving + 1);

    /// <summary>The proof that the lock is held.</summary>
    public readonly ref struct Guard;
}
