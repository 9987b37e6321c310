using System.Linq;
using System.Threading;
using Bulkhead.Lifecycle;
using Xunit;

namespace Bulkhead.Tests.Core;

public class FlashGateTests
{
    private const int Rounds = 20_000;

    private FlashGate _gate;
    private int _readers;
    private int _isWritten;
    private int _wrong;

    [Fact]
    public void Nobody_reads_what_is_being_written()
    {
        Assert.True(_gate.TryEnterToRead());
        Assert.True(_gate.TryEnterToRead());
        _gate.ExitFromReading();
        _gate.ExitFromReading();
        _gate.EnterToWrite();
        Assert.False(_gate.TryEnterToRead());
        _gate.ExitFromWriting();
        Assert.True(_gate.TryEnterToRead());
        _gate.ExitFromReading();
    }

    // Two readers and a writer, each a thread.
    [Fact]
    public void A_writer_waits_for_readers_and_they_for_it()
    {
        System.Threading.Thread[] threads = [.. new ThreadStart[] { Read, Read, Write }.Select(run => new System.Threading.Thread(run))];
        foreach (System.Threading.Thread thread in threads)
            thread.Start();
        foreach (System.Threading.Thread thread in threads)
            thread.Join();
        Assert.Equal(0, _wrong);
    }

    private void Read()
    {
        for (int i = 0; i < Rounds; i++)
        {
            if (!_gate.TryEnterToRead())
                continue;
            Interlocked.Increment(ref _readers);
            if (Volatile.Read(ref _isWritten) != 0)
                Interlocked.Increment(ref _wrong);
            Interlocked.Decrement(ref _readers);
            _gate.ExitFromReading();
        }
    }

    private void Write()
    {
        for (int i = 0; i < Rounds; i++)
        {
            _gate.EnterToWrite();
            Volatile.Write(ref _isWritten, 1);
            if (Volatile.Read(ref _readers) != 0)
                Interlocked.Increment(ref _wrong);
            Volatile.Write(ref _isWritten, 0);
            _gate.ExitFromWriting();
        }
    }
}
