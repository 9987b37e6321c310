using System;
using Bulkhead.Diagnostics;
using Bulkhead.Partitions;
using Bulkhead.Update;

namespace Bulkhead.Lifecycle;

/// <summary>The board's one update service. Its channels, the management console and the control guest, take turns.</summary>
public static class BoardUpdateService<TArch> where TArch : struct, IArch
{
    private static UpdateService _service;
    private static SpinLock _lock;

    /// <summary>Carries out a command, or says that another one is being carried out.</summary>
    /// <param name="line">Without its end.</param>
    /// <param name="data">What came with it, where a channel has a place for that.</param>
    /// <param name="answer">Where the answer goes.</param>
    public static void Obey(ReadOnlySpan<byte> line, ForeignBytes data, ref BoardAnswer<TArch> answer)
    {
        bool isBusy = !_lock.TryEnter(out SpinLock.Guard held);
        if (!isBusy)
        {
            isBusy = !TryObey(line, data, ref answer);
            _lock.Exit(held);
        }
        if (isBusy)
            UpdateService.Refuse(ServiceError.Busy, ref answer);
    }

    /// <summary>For what becomes of updates without anybody's command; not while one is carried out, which says so itself.</summary>
    public static void Note(ref LogLine line)
    {
        if (!_lock.TryEnter(out SpinLock.Guard held))
            return;
        Decisions board = default;
        _service.Note(board.Milliseconds, line.Bytes);
        _lock.Exit(held);
    }

    private static bool TryObey(ReadOnlySpan<byte> line, ForeignBytes data, ref BoardAnswer<TArch> answer)
    {
        Decisions board = default;
        if (UpdateService.IsDecision(line))
        {
            _service.Decide(line, in ApplianceTables.Table, ref board, ref answer);
            return true;
        }
        // Somebody else writes the record, which may take an erase.
        if (!BoardUpdates<TArch>.TryEnter(out SpinLock.Guard held))
            return false;
        _service.Obey(line, data, ref BoardUpdates<TArch>.Store(held), in ApplianceTables.Table, in BoardUpdates<TArch>.Roots, ref board, ref answer);
        BoardUpdates<TArch>.Exit(held);
        return true;
    }

    private readonly struct Decisions : IUpdateBoard
    {
        public ulong Milliseconds => TArch.Now() / (TArch.ClockHertz / 1000);

        public UpdateRefusal Activate(uint units) => GuestTrial<TArch>.Activate(units);

        public UpdateRefusal Confirm(int guest) => GuestTrial<TArch>.Confirm(guest);

        public UpdateRefusal RollBack() => GuestTrial<TArch>.RollBack();
    }
}
