using System;
using Bulkhead.Update;
using Xunit;

namespace Bulkhead.Tests.Update;

public class StateJournalTests
{
    private const ulong Block0 = 4 * IFlash.EraseBlock, Block1 = 7 * IFlash.EraseBlock;
    private const ulong Records = IFlash.EraseBlock / StateRecord.Size;

    /// <summary>One flash through thousands of records and hundreds of cuts: what was kept stays, and there is always room for the next.</summary>
    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(4, true)]
    public void Keeps_the_last_record_through_a_life_of_cuts(int seed, bool isDisk)
    {
        Random random = new(seed);
        FlashModel model = new(isDisk);
        ulong kept = 0;
        for (int life = 0; life < 1200; life++)
        {
            // Mostly a short life; some live through more than a block, or end where it does.
            int steps = random.Next(4) == 0 ? random.Next(1500) : random.Next(12);
            model = random.Next(4) == 0
                ? model.AfterCut(5000, random.Next(), cutAfterErase: random.Next(4)) : model.AfterCut(steps, random.Next());
            ModelFlash flash = new(model);
            StateJournal<ModelFlash> journal = default;
            bool found = journal.TryOpen(ref flash, Block0, Block1);
            ulong value = journal.Record.Unit[UpdateUnit.FirstGuest].Rollback;
            Assert.True(found || kept == 0, "the record is gone");
            Assert.True(value == kept || value == kept + 1, $"{value} after {kept} was kept");
            kept = value;
            try
            {
                while (true)
                {
                    journal.Record.Unit[UpdateUnit.FirstGuest].Rollback = kept + 1;
                    Assert.True(journal.TryAppend(ref flash), "no room for a record");
                    kept++;
                }
            }
            catch (PowerCut)
            {
            }
        }
        Assert.True(kept > 3 * Records);
    }

    [Fact]
    public void An_append_costs_one_program_and_every_512th_an_erase()
    {
        FlashModel model = new();
        ModelFlash flash = new(model);
        StateJournal<ModelFlash> journal = default;
        journal.TryOpen(ref flash, Block0, Block1);
        for (int i = 0; i < 2000; i++)
            Assert.True(journal.TryAppend(ref flash));
        Assert.Equal(2000, model.Programs);
        Assert.Equal(4, model.Erases);
    }

    /// <summary>Places that are not read now and then, other than the newest record's, cost nothing that was kept.</summary>
    [Theory]
    [InlineData(1, 20)]
    [InlineData(2, 20)]
    [InlineData(3, 6)]
    [InlineData(4, 400)]
    public void Keeps_the_last_record_where_places_are_not_read(int seed, int unreadOneIn)
    {
        Random random = new(seed);
        FlashModel model = new(true);
        ulong newest = ulong.MaxValue, kept = 0;
        for (int life = 0; life < 300; life++)
        {
            UnreadFlash flash = new(model, offset => offset != newest && random.Next(unreadOneIn) == 0);
            StateJournal<UnreadFlash> journal = default;
            Assert.Equal(kept != 0, journal.TryOpen(ref flash, Block0, Block1));
            Assert.Equal(kept, journal.Record.Unit[UpdateUnit.FirstGuest].Rollback);
            for (int appends = random.Next(40); appends > 0; appends--)
            {
                journal.Record.Unit[UpdateUnit.FirstGuest].Rollback = kept + 1;
                // What is read back may not be read either: then it is tried in the next place.
                Assert.True(journal.TryAppend(ref flash));
                kept++;
            }
            newest = PlaceOf(model, kept);
        }
        Assert.True(kept > Records);
    }

    /// <summary>The newest record was not read, once: what is written after that counts, whatever is read later.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(512)]
    [InlineData(513)]
    [InlineData(700)]
    public void A_record_that_was_not_read_does_not_come_back(int records)
    {
        FlashModel model = new(true);
        bool isUnread = false;
        ulong newest = 0;
        UnreadFlash flash = new(model, offset => isUnread && offset == newest);
        StateJournal<UnreadFlash> journal = default;
        journal.TryOpen(ref flash, Block0, Block1);
        for (ulong i = 1; i <= (ulong)records; i++)
            Append(ref journal, ref flash, i);
        newest = PlaceOf(model, (ulong)records);
        isUnread = true;
        StateJournal<UnreadFlash> next = default;
        Assert.Equal(records > 1, next.TryOpen(ref flash, Block0, Block1));
        Assert.Equal((ulong)records - 1, next.Record.Unit[UpdateUnit.FirstGuest].Rollback);
        Append(ref next, ref flash, 10_000);
        isUnread = false;
        StateJournal<UnreadFlash> last = default;
        Assert.True(last.TryOpen(ref flash, Block0, Block1));
        Assert.Equal(10_000ul, last.Record.Unit[UpdateUnit.FirstGuest].Rollback);
    }

    /// <summary>A disk that says that it has written, and has not: old records would hide new ones.</summary>
    [Fact]
    public void An_erase_that_was_none_is_noticed()
    {
        FlashModel model = new(true);
        bool isErased = true;
        UnreadFlash flash = new(model, _ => false, () => isErased);
        StateJournal<UnreadFlash> journal = default;
        journal.TryOpen(ref flash, Block0, Block1);
        for (ulong i = 1; i <= 2 * Records; i++)
            Append(ref journal, ref flash, i);
        isErased = false;
        journal.Record.Unit[UpdateUnit.FirstGuest].Rollback = 2 * Records + 1;
        Assert.False(journal.TryAppend(ref flash));
        StateJournal<UnreadFlash> next = default;
        Assert.True(next.TryOpen(ref flash, Block0, Block1));
        Assert.Equal(2 * Records, next.Record.Unit[UpdateUnit.FirstGuest].Rollback);
        isErased = true;
        Append(ref next, ref flash, 10_000);
        Assert.True(next.TryOpen(ref flash, Block0, Block1));
        Assert.Equal(10_000ul, next.Record.Unit[UpdateUnit.FirstGuest].Rollback);
    }

    private static void Append(ref StateJournal<UnreadFlash> journal, ref UnreadFlash flash, ulong value)
    {
        journal.Record.Unit[UpdateUnit.FirstGuest].Rollback = value;
        Assert.True(journal.TryAppend(ref flash));
    }

    // Where the last record with that value stands.
    private static ulong PlaceOf(FlashModel model, ulong value)
    {
        StateRecord record = default, newest = default;
        ulong found = ulong.MaxValue;
        foreach (ulong block in new[] { Block0, Block1 })
        {
            for (ulong at = block; at < block + IFlash.EraseBlock; at += StateRecord.Size)
            {
                model.Read(at, StateRecord.BytesOf(ref record));
                if (!record.IsValid || record.Unit[UpdateUnit.FirstGuest].Rollback != value || record.Sequence < newest.Sequence)
                    continue;
                (found, newest) = (at, record);
            }
        }
        return found;
    }

    /// <summary>Whatever stands in the two blocks, the journal opens with a record that was sealed, or as delivered, and can go on.</summary>
    [Fact]
    public void Opens_over_anything()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            Random random = new(seed);
            FlashModel model = new();
            ModelFlash flash = new(model);
            StateJournal<ModelFlash> journal = default;
            journal.TryOpen(ref flash, Block0, Block1);
            for (int i = random.Next(600); i > 0; i--)
                journal.TryAppend(ref flash);
            ulong last = journal.Record.Sequence;
            for (int i = random.Next(1, 40); i > 0; i--)
            {
                byte[] scribble = new byte[IFlash.ProgramUnit];
                random.NextBytes(scribble);
                flash.TryProgram((random.Next(2) == 0 ? Block0 : Block1) + (ulong)random.Next(512) * IFlash.ProgramUnit, scribble);
            }
            StateJournal<ModelFlash> next = default;
            bool found = next.TryOpen(ref flash, Block0, Block1);
            Assert.Equal(found, next.Record.Sequence != 0);
            Assert.InRange(next.Record.Sequence, 0ul, last);
            Assert.Equal(StateRecord.ExpectedMagic, next.Record.Magic);
        }
    }
}
