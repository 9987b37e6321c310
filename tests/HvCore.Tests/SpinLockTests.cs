using System.Threading;
using Xunit;

namespace Bulkhead.Tests.Core;

public class SpinLockTests
{
    private SpinLock _lock;
    private int _inside;
    private int _counted;

    // Few rounds: a lock that is first come, first served waits for whichever thread the host has put to sleep.
    [Fact]
    public void One_at_a_time_and_each_in_turn()
    {
        const int Rounds = 300;
        bool overlap = false;
        Thread[] threads = new Thread[3];
        for (int i = 0; i < threads.Length; i++)
        {
            threads[i] = new Thread(() =>
            {
                for (int round = 0; round < Rounds; round++)
                {
                    SpinLock.Guard held = _lock.Enter();
                    overlap |= Interlocked.Increment(ref _inside) != 1;
                    _counted++;
                    Interlocked.Decrement(ref _inside);
                    _lock.Exit(held);
                }
            });
        }
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        Assert.False(overlap);
        Assert.Equal(threads.Length * Rounds, _counted);
    }
}
