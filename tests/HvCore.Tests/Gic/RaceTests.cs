using System.Threading;
using Bulkhead.Devices;
using Xunit;

namespace Bulkhead.Tests.Gic;

/// <summary>Two CPUs at once, each a thread: what one raises, enables or moves meets what the other lists.</summary>
public sealed class RaceTests
{
    private const int Ids = 64;
    private const int Rounds = 6000;
    private const int Steps = 12;

    // A clock for raising and taking: the last take of an interrupt must not be before its last raise began.
    private int _clock;
    private readonly int[] _raised = new int[2 * Ids];
    private readonly int[] _taken = new int[2 * Ids];

    [Fact]
    public void NothingIsLostBetweenCpus()
    {
        var board = new FakeBoard(2, 4);
        board.StartWithEverythingOn();
        board.WriteGicd(0, 0xc08, ~0u);
        board.WriteGicd(0, 0xc0c, ~0u);
        board.OneThread = false;
        using var meeting = new Barrier(2);
        var other = new Thread(() =>
        {
            FakeHardware.Board = board;
            var dice = new Dice(7);
            for (int round = 0; round < Rounds; round++)
            {
                Run(board, 1, ref dice);
                meeting.SignalAndWait();
                meeting.SignalAndWait();
            }
        });
        other.Start();
        var mine = new Dice(5);
        string? lost = null;
        for (int round = 0; round < Rounds; round++)
        {
            Run(board, 0, ref mine);
            meeting.SignalAndWait();
            lost ??= FinishRound(board);
            meeting.SignalAndWait();
        }
        other.Join();
        Assert.Null(lost);
    }

    // Both at rest: everything on, everything taken, then the account.
    private string? FinishRound(FakeBoard board)
    {
        board.OneThread = true;
        board.WriteGicd(0, 0x104, ~0u);
        for (int turn = 0; turn < 40; turn++)
        {
            board.Settle();
            Take(board, 0);
            Take(board, 1);
        }
        board.OneThread = false;
        for (int i = 0; i < _raised.Length; i++)
        {
            if (_taken[i] < _raised[i])
                return $"{i % Ids} of vCPU {i / Ids}";
        }
        board.OneThread = true;
        bool clean = board.Gicd(0, 0x204) == 0 && board.Gicd(0, 0x304) == 0;
        board.OneThread = false;
        return clean ? null : "something is left pending or active";
    }

    private void Run(FakeBoard board, int self, ref Dice dice)
    {
        for (int step = 0; step < Steps; step++)
        {
            uint spi = 44 + (uint)dice.Next(20);
            switch (dice.Next(8))
            {
                case 0:
                    uint sgi = (uint)dice.Next(16);
                    int target = dice.Next(2);
                    Volatile.Write(ref _raised[target * Ids + sgi], Interlocked.Increment(ref _clock));
                    board.SendSgi(self, sgi, 1u << target);
                    break;
                case 1:
                    // Each SPI is raised by one side only, so that the account needs no lock.
                    spi = (spi & ~1u) | (uint)self;
                    _raised[spi] = Interlocked.Increment(ref _clock);
                    board.WriteGicd(self, 0x204, 1u << (int)spi);
                    break;
                case 2:
                    board.WriteGicd(self, 0x6000 + spi * 8, (uint)dice.Next(2), AccessSize.DoubleWord);
                    break;
                case 3:
                    board.WriteGicd(self, dice.Next(2) == 0 ? 0x104u : 0x184u, 1u << (int)spi);
                    break;
                default:
                    board.TakeExits(self);
                    Take(board, self);
                    break;
            }
        }
    }

    private void Take(FakeBoard board, int self)
    {
        FakeCpu cpu = board.Cpus[self];
        uint intid = cpu.Acknowledge();
        if (intid == FakeCpu.Spurious)
            return;
        int now = Interlocked.Increment(ref _clock);
        ref int taken = ref _taken[(intid < 32 ? self * Ids : 0) + intid];
        // Two vCPUs may take a moved interrupt one after the other.
        if (now > taken)
            taken = now;
        cpu.EndOfInterrupt(intid);
    }
}
