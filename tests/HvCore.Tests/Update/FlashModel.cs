using System;
using System.Collections.Generic;
using System.Linq;
using Bulkhead.Update;

namespace Bulkhead.Tests.Update;

/// <summary>
/// Flash as the worst chip is, or a disk's blocks as the worst disk keeps them. What has not been flushed may be kept, or
/// lost, or torn, each step by itself. On a chip programs only clear bits, and an erase that was cut leaves anything; on a
/// disk a block is what was written last, and an erase is many writes, some of which may be lost when later ones are kept.
/// </summary>
internal sealed class FlashModel
{
    private const int Unit = IFlash.ProgramUnit;
    private static readonly byte[] s_erased = Enumerable.Repeat((byte)0xff, Unit).ToArray();

    // What is not here is erased.
    private readonly Dictionary<ulong, byte[]> _kept;
    private readonly bool _isDisk;
    private readonly List<(ulong Offset, byte[]? Bytes)> _pending = [];
    private Dictionary<ulong, byte[]> _seen;

    public FlashModel(bool isDisk = false) => (_kept, _seen, _isDisk) = ([], [], isDisk);

    private FlashModel(Dictionary<ulong, byte[]> kept, bool isDisk) => (_kept, _seen, _isDisk) = (new(kept), new(kept), isDisk);

    /// <summary>Erases, programs and flushes so far.</summary>
    public int Steps { get; private set; }
    public int Erases { get; private set; }
    public int Programs { get; private set; }
    /// <summary>At this step power is cut; the seed says what becomes of what was not flushed.</summary>
    public int? CutAt { get; private set; }
    /// <summary>So many steps from the next erase on power is cut.</summary>
    public int? CutAfterErase { get; private init; }
    public int Seed { get; init; }
    /// <summary>During each step. Where it does not return, that step has begun and not ended (<see cref="Lose"/>).</summary>
    public Action? Meanwhile { get; init; }

    /// <summary>The same content with other plans; only when nothing is pending.</summary>
    public FlashModel Copy(int? cutAt = null, int seed = 0) => new(_kept, _isDisk) { CutAt = cutAt, Seed = seed };

    /// <summary>The same, and it says so whenever a step is under way.</summary>
    public FlashModel AfterCut(Action meanwhile) => new(_kept, _isDisk) { Meanwhile = meanwhile };

    /// <summary>What the next boot finds.</summary>
    public FlashModel AfterCut(int? cutAt = null, int seed = 0, int? cutAfterErase = null) =>
        new(_kept, _isDisk) { CutAt = cutAt, CutAfterErase = cutAfterErase, Seed = seed, Meanwhile = Meanwhile };

    public void Read(ulong offset, Span<byte> room)
    {
        for (int done = 0; done < room.Length;)
        {
            ulong unit = (offset + (ulong)done) / Unit * Unit;
            int skip = (int)(offset + (ulong)done - unit);
            int length = Math.Min(Unit - skip, room.Length - done);
            _seen.GetValueOrDefault(unit, s_erased).AsSpan(skip, length).CopyTo(room.Slice(done));
            done += length;
        }
    }

    public void Erase(ulong offset)
    {
        if (offset % IFlash.EraseBlock != 0)
            throw new InvalidOperationException($"erase at {offset:x}");
        Erases++;
        if (CutAfterErase is int more)
            CutAt = Steps + more;
        int first = _pending.Count;
        if (_isDisk)
            _pending.AddRange(Enumerable.Range(0, IFlash.EraseBlock / Unit).Select(i => (offset + (ulong)(i * Unit), (byte[]?)s_erased)));
        else
            _pending.Add((offset, null));
        StepOver(first);
    }

    public void Program(ulong offset, ReadOnlySpan<byte> bytes)
    {
        if (offset % Unit != 0 || bytes.Length % Unit != 0)
            throw new InvalidOperationException($"program of {bytes.Length} at {offset:x}");
        Programs++;
        // One step, but each unit of it may be lost or torn by itself.
        int first = _pending.Count;
        for (int i = 0; i < bytes.Length; i += Unit)
            _pending.Add((offset + (ulong)i, bytes.Slice(i, Unit).ToArray()));
        StepOver(first);
    }

    public void Flush()
    {
        Step();
        foreach ((ulong, byte[]?) step in _pending)
            Apply(_kept, step);
        _pending.Clear();
    }

    private void StepOver(int first)
    {
        Step();
        for (int i = first; i < _pending.Count; i++)
            Apply(_seen, _pending[i]);
    }

    private void Step()
    {
        Meanwhile?.Invoke();
        if (Steps++ != CutAt)
            return;
        Lose(Seed);
        throw new PowerCut();
    }

    /// <summary>Power goes. What had not been flushed is kept, or lost, or torn: <see cref="AfterCut"/> has what is left.</summary>
    /// <param name="seed">0 keeps nothing, 1 all; others choose for each step.</param>
    public void Lose(int seed)
    {
        Random random = new(seed);
        // One or two of three are not kept as they are, or few of many.
        int outOf = random.Next(2) == 0 ? 3 : 20;
        foreach ((ulong Offset, byte[]? Bytes) step in _pending)
        {
            int fate = seed < 2 ? seed : random.Next(outOf);
            if (fate == 2)
                Tear(step, random);
            else if (fate != 0)
                Apply(_kept, step);
        }
    }

    private void Apply(Dictionary<ulong, byte[]> units, (ulong Offset, byte[]? Bytes) step)
    {
        if (step.Bytes is null)
        {
            for (ulong unit = step.Offset; unit < step.Offset + IFlash.EraseBlock; unit += Unit)
                units.Remove(unit);
            return;
        }
        if (_isDisk)
        {
            units[step.Offset] = step.Bytes;
            return;
        }
        byte[] before = units.GetValueOrDefault(step.Offset, s_erased), after = new byte[Unit];
        for (int i = 0; i < Unit; i++)
            after[i] = Written(before[i], step.Bytes[i], 0);
        units[step.Offset] = after;
    }

    private void Tear((ulong Offset, byte[]? Bytes) step, Random random)
    {
        if (step.Bytes is null)
        {
            for (ulong unit = step.Offset; unit < step.Offset + IFlash.EraseBlock; unit += Unit)
            {
                int fate = random.Next(3);
                if (fate == 0)
                    _kept.Remove(unit);
                else if (fate == 1 && _kept.TryGetValue(unit, out byte[]? old))
                    _kept[unit] = old.Select(value => (byte)(value | random.Next(256))).ToArray();
            }
            return;
        }
        // The first bytes are written, one is half written, the rest is not; or any bits are.
        int whole = random.Next(Unit + 1);
        bool prefix = random.Next(2) == 0;
        byte[] before = _kept.GetValueOrDefault(step.Offset, s_erased);
        byte[] after = new byte[Unit];
        for (int i = 0; i < Unit; i++)
        {
            byte mask = prefix ? (byte)(i < whole ? 0 : i == whole ? random.Next(256) : 0xff) : (byte)random.Next(256);
            after[i] = Written(before[i], step.Bytes[i], mask);
        }
        _kept[step.Offset] = after;
    }

    // Without the bits that power was cut before.
    private byte Written(byte before, byte value, byte missing) =>
        (byte)(_isDisk ? (before & missing) | (value & ~missing) : before & (value | missing));
}
