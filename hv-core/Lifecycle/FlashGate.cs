using System.Threading;

namespace Bulkhead.Lifecycle;

/// <summary>
/// Flash that is read as memory is none while it is written. Many may read at once, a little at a time each; who writes
/// waits for the readers to come out, and they wait outside until it is memory again.
/// </summary>
public struct FlashGate
{
    private int _readers;
    private int _writing;

    /// <summary>False while somebody writes.</summary>
    public bool TryEnterToRead()
    {
        // Counted first: either the writer sees this reader, or the reader sees it.
        Interlocked.Increment(ref _readers);
        if (Volatile.Read(ref _writing) == 0)
            return true;
        Interlocked.Decrement(ref _readers);
        return false;
    }

    public void ExitFromReading() => Interlocked.Decrement(ref _readers);

    /// <summary>One writer at a time.</summary>
    public void EnterToWrite()
    {
        Interlocked.Exchange(ref _writing, 1);
        while (Volatile.Read(ref _readers) != 0)
            Thread.SpinWait(1);
    }

    public void ExitFromWriting() => Volatile.Write(ref _writing, 0);
}
