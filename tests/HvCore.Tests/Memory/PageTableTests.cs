using System;
using System.Collections.Generic;
using System.Linq;
using Bulkhead.Memory;
using Bulkhead.Tests.Fake;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Bulkhead.Tests.Core;

/// <summary>What holds for every format of tables; one class per format and what a CPU may have of it runs it.</summary>
public abstract class PageTableTests<TFormat> where TFormat : struct, IPageTableFormat
{
    private const MapAttributes ReadWrite = MapAttributes.Read | MapAttributes.Write;
    private const ulong GuestOutputs = 1ul << 33;

    private readonly TFormat _format;
    private readonly HardwareWalk _hardware;
    private readonly MapAttributes[] _attributes;

    /// <param name="format">The format under test.</param>
    /// <param name="hardware">How its hardware walks, written from the manual alone.</param>
    private protected PageTableTests(TFormat format, HardwareWalk hardware)
    {
        _format = format;
        _hardware = hardware;
        _attributes = [.. Enumerable.Range(1, 31).Select(bits => (MapAttributes)bits).Where(attributes => format.Allows(attributes))];
    }

    private static Arbitrary<int[]> Steps => Arb.From(Gen.Choose(0, int.MaxValue).ArrayOf(), Shrink);

    private static IEnumerable<int[]> Shrink(int[] steps)
    {
        for (int size = steps.Length / 2; size > 0; size /= 2)
        {
            for (int start = 0; start + size <= steps.Length; start += size)
                yield return [.. steps[..start], .. steps[(start + size)..]];
        }
    }

    private static void ForAll(Func<int[], string?> failure) => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(60).WithStartSize(3).WithEndSize(40),
        Prop.ForAll(Steps, steps =>
        {
            string? text = failure(steps);
            return (text == null).Label(text ?? "");
        }));

    [Fact]
    public void EveryMappingIsWhatTheTableSays() => ForAll(steps =>
    {
        TableBench<TFormat> bench = new(_format, 1);
        MappingModel model = new();
        foreach (int step in steps)
        {
            Random random = new(step);
            if (random.Next(3) != 0)
            {
                Mapping mapping = TableSteps.Map(random, GuestOutputs, _attributes);
                if (bench.Map(mapping) != PageTableStatus.Ok)
                    return $"{mapping} refused";
                model.Map(mapping);
            }
            else
            {
                (ulong start, ulong bytes) = TableSteps.Range(random);
                bench.Unmap(start, bytes);
                model.Unmap(start, bytes);
            }
        }
        return bench.Machine.Faults.FirstOrDefault() ?? model.Compare(bench.Leaves()) ?? CompareWalks(bench, model);
    });

    [Fact]
    public void NoPageOfAGuestIsReachableFromAnother() => ForAll(steps =>
    {
        const int Guests = 3;
        TableBench<TFormat> bench = new(_format, Guests);
        foreach (int step in steps)
        {
            Random random = new(step);
            int guest = random.Next(Guests);
            if (random.Next(3) != 0)
                bench.Map(TableSteps.Map(random, GuestOutputs * (ulong)(guest + 1), _attributes), guest);
            else
            {
                (ulong start, ulong bytes) = TableSteps.Range(random);
                bench.Unmap(start, bytes, guest);
            }
        }
        for (int guest = 0; guest < Guests; guest++)
        {
            ulong own = GuestOutputs * (ulong)(guest + 1);
            foreach (Mapping leaf in bench.Leaves(guest))
            {
                if (leaf.Output < own || leaf.Output + leaf.Bytes > own + TableSteps.Window)
                    return $"guest {guest} reaches {leaf}";
            }
        }
        // The machine itself refuses a page that is a table twice, so no two guests share one.
        return bench.Machine.Faults.FirstOrDefault()
            ?? (bench.PagesTaken == (ulong)bench.Machine.Tables.Count ? null : "pages taken are not the tables in use");
    });

    [Fact]
    public void UnmappingLeavesNothing() => ForAll(steps =>
    {
        TableBench<TFormat> bench = new(_format, 1);
        foreach (int step in steps)
            bench.Map(TableSteps.Map(new Random(step), GuestOutputs, _attributes));
        bench.Unmap(0, TableSteps.Window);
        return bench.Machine.Faults.FirstOrDefault()
            ?? (bench.Leaves().Count == 0 ? null : "leaves remain")
            ?? (bench.PagesTaken == 1 ? null : $"{bench.PagesTaken} pages remain");
    });

    [Fact]
    public void UnmappingPieceByPieceLeavesNothing() => ForAll(steps =>
    {
        TableBench<TFormat> bench = new(_format, 1);
        List<Mapping> mappings = [.. steps.Select(step => TableSteps.Map(new Random(step), GuestOutputs, _attributes))];
        foreach (Mapping mapping in mappings)
            bench.Map(mapping);
        foreach (Mapping mapping in mappings)
            bench.Unmap(mapping.Input, mapping.Bytes);
        return bench.Machine.Faults.FirstOrDefault() ?? (bench.PagesTaken == 1 ? null : $"{bench.PagesTaken} pages remain");
    });

    [Fact]
    public void TheLargestBlocksAreUsed() => ForAll(steps =>
    {
        foreach (int step in steps)
        {
            TableBench<TFormat> bench = new(_format, 1);
            Mapping mapping = TableSteps.Map(new Random(step), GuestOutputs, _attributes);
            bench.Map(mapping);
            foreach (Mapping leaf in bench.Leaves())
            {
                if (CouldBeLarger(leaf, mapping))
                    return $"{leaf} of {mapping} could be larger";
            }
        }
        return null;
    });

    [Fact]
    public void AnEmptyPoolIsAStatusAndLosesNothing() => ForAll(steps =>
    {
        TableBench<TFormat> bench = new(_format, 1, pages: 4);
        MappingModel before = new();
        foreach (int step in steps)
        {
            Random random = new(step);
            Mapping mapping = TableSteps.Map(random, GuestOutputs, _attributes);
            PageTableStatus status = bench.Map(mapping);
            if (status == PageTableStatus.Ok)
                before.Map(mapping);
            else if (status != PageTableStatus.OutOfPages)
                return $"{mapping}: {status}";
            else
            {
                MappingModel after = new();
                after.Map(mapping);
                foreach (Mapping leaf in bench.Leaves())
                {
                    if (before.Find(leaf.Input)?.Contains(leaf) != true && after.Find(leaf.Input)?.Contains(leaf) != true)
                        return $"{leaf} is neither from before nor asked for";
                }
                break;
            }
        }
        return bench.Machine.Faults.FirstOrDefault();
    });

    [Fact]
    public void AnAlignedGibibyteTakesTheFewestEntries()
    {
        TableBench<TFormat> bench = new(_format, 1);
        Mapping mapping = new(TableSteps.Big, TableSteps.Big, GuestOutputs, ReadWrite);
        Assert.Equal(PageTableStatus.Ok, bench.Map(mapping));
        int level = Enumerable.Range(0, _format.LastLevel + 1).Single(level => _format.ShiftOf(level) == 30);
        Assert.Equal(_format.HasBlocks(level) ? 1 : 512, bench.Leaves().Count);
    }

    [Fact]
    public void ACutBlockIsSplitNoFurtherThanNeeded()
    {
        TableBench<TFormat> bench = new(_format, 1);
        bench.Map(new Mapping(0, TableSteps.Big, GuestOutputs, ReadWrite));
        bench.Unmap(TableSteps.Mid, TableSteps.Page);
        List<Mapping> leaves = bench.Leaves();
        Assert.Equal(511 + 511, leaves.Count);
        Assert.Equal(511, leaves.Count(leaf => leaf.Bytes == TableSteps.Mid));
        Assert.False(bench.Table().Walk(TableSteps.Mid).IsMapped);
        Assert.Equal(GuestOutputs + TableSteps.Mid + TableSteps.Page + 5, bench.Table().Walk(TableSteps.Mid + TableSteps.Page + 5).Output.Value);
        Assert.Empty(bench.Machine.Faults);
    }

    [Fact]
    public void AHoleSaysHowLargeItIs()
    {
        TableBench<TFormat> bench = new(_format, 1);
        bench.Map(new Mapping(TableSteps.Big, TableSteps.Page, GuestOutputs, ReadWrite));
        Assert.Equal(TableSteps.Page, bench.Table().Walk(TableSteps.Big + TableSteps.Page).Size);
        Assert.Equal(TableSteps.Mid, bench.Table().Walk(TableSteps.Big + TableSteps.Mid).Size);
    }

    [Fact]
    public void BadArgumentsChangeNothing()
    {
        TableBench<TFormat> bench = new(_format, 1);
        ulong end = 1ul << _format.InputBits;
        Assert.Equal(PageTableStatus.Misaligned, bench.Map(new Mapping(1, TableSteps.Page, 0, ReadWrite)));
        Assert.Equal(PageTableStatus.Misaligned, bench.Map(new Mapping(0, TableSteps.Page, 8, ReadWrite)));
        Assert.Equal(PageTableStatus.Misaligned, bench.Map(new Mapping(0, 100, 0, ReadWrite)));
        Assert.Equal(PageTableStatus.OutOfRange, bench.Map(new Mapping(end, TableSteps.Page, 0, ReadWrite)));
        Assert.Equal(PageTableStatus.OutOfRange, bench.Map(new Mapping(end - TableSteps.Page, 2 * TableSteps.Page, 0, ReadWrite)));
        Assert.Equal(PageTableStatus.OutOfRange, bench.Map(new Mapping(0, TableSteps.Page, 1ul << _format.OutputBits, ReadWrite)));
        Assert.Equal(PageTableStatus.OutOfRange, bench.Map(new Mapping(TableSteps.Page, ulong.MaxValue - TableSteps.Page + 1, 0, ReadWrite)));
        Assert.Equal(PageTableStatus.OutOfRange, bench.Unmap(end, TableSteps.Page));
        Assert.Equal(PageTableStatus.BadAttributes, bench.Map(new Mapping(0, TableSteps.Page, 0, MapAttributes.None)));
        Assert.Equal(PageTableStatus.BadAttributes, bench.Map(new Mapping(0, TableSteps.Page, 0, MapAttributes.Execute)));
        Assert.False(bench.Table().Walk(end).IsMapped);
        Assert.Empty(bench.Leaves());
        Assert.Equal(1ul, bench.PagesTaken);
    }

    [Fact]
    public void TheLastPageMaps()
    {
        TableBench<TFormat> bench = new(_format, 1);
        Mapping last = new((1ul << _format.InputBits) - TableSteps.Page, TableSteps.Page, (1ul << _format.OutputBits) - TableSteps.Page, ReadWrite);
        Assert.Equal(PageTableStatus.Ok, bench.Map(last));
        Assert.Equal([last], bench.Leaves());
        Assert.Empty(bench.Machine.Faults);
    }

    private bool CouldBeLarger(Mapping leaf, Mapping whole)
    {
        for (int level = 0; level <= _format.LastLevel; level++)
        {
            ulong size = 1ul << _format.ShiftOf(level);
            ulong start = leaf.Input & ~(size - 1);
            if (size <= leaf.Bytes || !_format.HasBlocks(level))
                continue;
            if (start >= whole.Input && start + size <= whole.End && ((whole.Output + (start - whole.Input)) & (size - 1)) == 0)
                return true;
        }
        return false;
    }

    private string? CompareWalks(TableBench<TFormat> bench, MappingModel model)
    {
        foreach (Mapping range in model.Ranges)
        {
            foreach (ulong input in new[] { range.Input, range.Input + range.Bytes / 2, range.End - 1 })
            {
                Translation walk = bench.Table().Walk(input);
                if (walk.Attributes != range.Attributes || walk.Output.Value != range.Output + (input - range.Input))
                    return $"{input:x} walks to {walk.Output.Value:x} {walk.Attributes} instead of {range}";
                HardwareAccess access = bench.Access(_hardware, input);
                if (access != new HardwareAccess(range.Output + (input - range.Input), range.Attributes))
                    return $"{input:x} is {access} to the hardware instead of {range}";
            }
            if (model.Find(range.End) is null && (bench.Table().Walk(range.End).IsMapped || bench.Access(_hardware, range.End).IsMapped))
                return $"{range.End:x} is mapped";
        }
        return null;
    }
}
