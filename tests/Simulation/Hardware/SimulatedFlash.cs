using System;
using Bulkhead.Partitions;
using Bulkhead.Simulation.Scheduling;
using Bulkhead.Tests.Update;
using Bulkhead.Update;

namespace Bulkhead.Simulation.Hardware;

/// <summary>
/// The board's boot flash for one power cycle: a <see cref="FlashModel"/> behind, and before it the memory it is read as.
/// Every change takes time, in which it is no memory, power may go, and the chip may fail.
/// </summary>
internal sealed class SimulatedFlash
{
    // What a chip in command mode shows everywhere: its status, ready.
    private const byte Status = 0x80;

    private readonly Life _life;
    private readonly FlashModel _model;
    private readonly bool _isMapped;
    // What each CPU was shown last, which it may still be reading as memory.
    private readonly ImageRange[] _shown;
    private bool _isBusy;
    // Of the next changes so many fail.
    private int _failures;

    /// <summary>As memory, or the disk's sectors.</summary>
    public readonly byte[] Bytes;

    public SimulatedFlash(Life life, FlashModel model, bool isMapped)
    {
        _life = life;
        _model = model;
        _isMapped = isMapped;
        _shown = new ImageRange[life.Appliance.Cpus];
        Bytes = new byte[life.Appliance.Table.Board.ImageSize];
        _model.Read(0, Bytes);
    }

    /// <summary>A cell that reads wrong until it is written anew.</summary>
    public void Weaken(int at, int bit) => Bytes[at] ^= (byte)(1 << bit);

    public ReadOnlySpan<byte> Show(ImageRange range)
    {
        _life.Check(!_isBusy || !_isMapped, $"flash is read at {range.Offset:x} while it takes commands");
        _shown[Scheduler.Current.Cpu] = range;
        return Bytes.AsSpan((int)range.Offset, (int)range.Size);
    }

    public bool TryErase(ulong offset)
    {
        _life.Trace($"flash: block {offset:x} is erased");
        _life.Updates.Erases(offset);
        _life.Tally.Erases++;
        byte[][] hidden = Begin();
        bool fails = Fails();
        if (!fails)
            _model.Erase(offset);
        End(hidden, offset, IFlash.EraseBlock);
        return !fails || IsSilent();
    }

    public bool TryProgram(ulong offset, ReadOnlySpan<byte> bytes)
    {
        _life.Trace($"flash: {bytes.Length} bytes at {offset:x} are programmed");
        _life.Updates.Programs(offset, bytes);
        _life.Tally.Programs++;
        byte[][] hidden = Begin();
        bool fails = Fails();
        byte[] taken = bytes.ToArray();
        // Some bits do not clear.
        for (int i = 0; i < taken.Length && fails; i++)
            taken[i] |= (byte)(_life.Dice.Next() & _life.Dice.Next());
        _model.Program(offset, taken);
        End(hidden, offset, bytes.Length);
        return !fails || IsSilent();
    }

    public bool TryFlush()
    {
        if (Fails())
            return false;
        _model.Flush();
        _life.Updates.Flushed();
        return true;
    }

    public void Read(ulong offset, Span<byte> room) => _model.Read(offset, room);

    /// <summary>While a step goes on: others have their turn, and power may go.</summary>
    public static void Meanwhile(Life life)
    {
        for (int steps = life.Dice.Next(3); steps != 0; steps--)
        {
            if (life.Dice.OneIn(250))
                life.LosePower();
            Scheduler.Point();
        }
        if (Board.Current is { } board)
            board.Time += (ulong)life.Dice.Next(20);
    }

    // From here on it is no memory: what others still read of it is not what is stored.
    private byte[][] Begin()
    {
        _life.Check(!_isBusy, "two write to flash at once");
        _isBusy = true;
        byte[][] hidden = new byte[_shown.Length][];
        for (int cpu = 0; cpu < _shown.Length && _isMapped; cpu++)
        {
            Span<byte> shown = Bytes.AsSpan((int)_shown[cpu].Offset, (int)_shown[cpu].Size);
            hidden[cpu] = shown.ToArray();
            if (cpu != Scheduler.Current.Cpu)
                shown.Fill(Status);
        }
        return hidden;
    }

    private void End(byte[][] hidden, ulong offset, int length)
    {
        // Backwards: two may have been shown the same.
        for (int cpu = _shown.Length - 1; cpu >= 0 && _isMapped; cpu--)
            hidden[cpu].CopyTo(Bytes, (int)_shown[cpu].Offset);
        _model.Read(offset, Bytes.AsSpan((int)offset, length));
        _isBusy = false;
    }

    private bool Fails()
    {
        if (_failures == 0 && _life.FlashFails && _life.Dice.OneIn(20))
            _failures = _life.Dice.Of(1, 1, 2, 20);
        bool fails = _failures != 0;
        _failures -= fails ? 1 : 0;
        _life.Updates.HasFlashFailed |= fails;
        return fails;
    }

    // It says that all went well.
    private bool IsSilent() => _life.Dice.OneIn(3);
}
