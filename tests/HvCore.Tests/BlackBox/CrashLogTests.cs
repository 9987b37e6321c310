using System;
using System.Collections.Generic;
using System.Linq;
using Bulkhead.BlackBox;
using Bulkhead.Tests.Update;
using Bulkhead.Update;
using Xunit;

namespace Bulkhead.Tests.Core;

/// <summary>Crash records on the worst flash there is (<see cref="FlashModel"/>).</summary>
public class CrashLogTests
{
    private const ulong Area = 3 * IFlash.EraseBlock;

    /// <summary>One flash through hundreds of power cuts: the newest records are there, in their order, and there is always room.</summary>
    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(4, true)]
    public void The_newest_records_stay_through_a_life_of_cuts(int seed, bool isDisk)
    {
        Random random = new(seed);
        FlashModel model = new(isDisk);
        List<ulong> kept = [];
        int appended = 0;
        for (int life = 0; life < 300; life++)
        {
            // Many end where a block is begun.
            int steps = random.Next(3) == 0 ? random.Next(300) : random.Next(8);
            model = random.Next(3) == 0
                ? model.AfterCut(1000, random.Next(), cutAfterErase: random.Next(4)) : model.AfterCut(steps, random.Next());
            ModelFlash flash = new(model);
            CrashLog log = default;
            CrashRecord record = default;
            log.Open(ref flash, Area, ref record);
            Assert.Equal(0, model.Erases + model.Programs);
            ulong last = kept.Count == 0 ? 0 : kept[^1];
            // The one that was under way may have been kept.
            Assert.True(log.Sequence == last || log.Sequence == last + 1, $"{log.Sequence} after {last} was kept");
            if (log.Sequence != last)
                kept.Add(log.Sequence);
            Assert.Equal(log.Sequence * 3, log.Run);
            ulong[] found = Records(flash);
            Assert.Equal(log.Count, found.Length);
            Assert.Subset(kept.ToHashSet(), found.ToHashSet());
            // Older ones may be in a block that was being erased.
            Assert.Equal(kept.TakeLast(8), found.TakeLast(8));
            try
            {
                while (true)
                {
                    record = Sealed(log.Sequence = (kept.Count == 0 ? 0 : kept[^1]) + 1);
                    Assert.True(log.TryAppend(ref flash, ref record));
                    kept.Add(record.Sequence);
                    appended++;
                }
            }
            catch (PowerCut)
            {
            }
        }
        Assert.True(appended > 4 * CrashLog.RecordsPerBlock);
    }

    [Fact]
    public void Sixty_four_at_least_are_kept_and_as_many_cost_one_erase()
    {
        FlashModel model = new();
        ModelFlash flash = new(model);
        CrashLog log = default;
        CrashRecord record = default;
        log.Open(ref flash, Area, ref record);
        Assert.Equal((0, 0ul, 0ul), (log.Count, log.Sequence, log.Run));
        for (ulong sequence = 1; sequence <= 1000; sequence++)
        {
            record = Sealed(sequence);
            Assert.True(log.TryAppend(ref flash, ref record));
            ulong[] found = Records(flash);
            Assert.Equal(sequence, found[^1]);
            Assert.True(found.Length >= Math.Min((int)sequence, CrashLog.RecordsPerBlock));
        }
        Assert.Equal((1000, 1000 / CrashLog.RecordsPerBlock + 1), (model.Programs, model.Erases));
    }

    [Fact]
    public void It_opens_over_anything_and_goes_on()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            Random random = new(seed);
            FlashModel model = new();
            byte[] bytes = new byte[IFlash.ProgramUnit];
            for (int i = 0; i < random.Next(900); i++)
            {
                random.NextBytes(bytes);
                model.Program(Area + (ulong)random.Next((int)CrashLog.Size / IFlash.ProgramUnit) * IFlash.ProgramUnit, bytes);
            }
            model.Flush();
            ModelFlash flash = new(model);
            CrashLog log = default;
            CrashRecord record = default;
            log.Open(ref flash, Area, ref record);
            Assert.Equal(0, log.Count);
            record = Sealed(1);
            Assert.True(log.TryAppend(ref flash, ref record));
            Assert.Equal([1ul], Records(flash));
        }
    }

    private static CrashRecord Sealed(ulong sequence)
    {
        CrashRecord record = default;
        record.Sequence = sequence;
        record.Run = sequence * 3;
        record.Register[(int)(sequence % CrashRecord.MaxRegisters)] = ulong.MaxValue;
        record.Seal();
        return record;
    }

    // What whoever reads the area finds, in the order of writing.
    private static ulong[] Records(ModelFlash flash)
    {
        List<ulong> found = [];
        for (ulong offset = 0; offset < CrashLog.Size; offset += BlackBoxLayout.RecordStride)
        {
            byte[] bytes = new byte[BlackBoxLayout.RecordStride];
            flash.TryRead(Area + offset, bytes);
            CrashRecord record = System.Runtime.InteropServices.MemoryMarshal.Read<CrashRecord>(bytes);
            if (record.IsSound)
                found.Add(record.Sequence);
        }
        return [.. found.Order()];
    }
}
