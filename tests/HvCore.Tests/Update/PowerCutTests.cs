using System;
using System.Collections.Generic;
using System.Linq;
using Bulkhead.Update;
using Xunit;
using Xunit.Abstractions;

namespace Bulkhead.Tests.Update;

/// <summary>
/// Every scenario of an update, with the power cut at each of its flash steps, each cut with several fates for what had
/// not been flushed, and a second cut during the boot that follows.
/// </summary>
public class PowerCutTests(ITestOutputHelper output)
{
    private const int Guest = UpdateUnit.FirstGuest, Other = UpdateUnit.FirstGuest + 1;
    private const int Fates = 6;

    /// <summary>Each on a chip and on a disk.</summary>
    public static TheoryData<string, bool> Scenarios
    {
        get
        {
            TheoryData<string, bool> all = [];
            foreach (string name in s_scenarios.Keys)
            {
                all.Add(name, false);
                all.Add(name, true);
            }
            return all;
        }
    }

    /// <summary>What is done, and the units that must always be of one version.</summary>
    private static readonly Dictionary<string, (Action<ModelBoard> Do, int[] Set)> s_scenarios = new()
    {
        ["fresh update"] = (board =>
        {
            board.Update(2, 2, 9000, Guest);
            board.Boot();
            board.ReportHealthy(Guest);
            board.Boot();
        }, [Guest]),
        ["second update over the old slot"] = (board =>
        {
            board.Update(2, 2, 9000, Guest);
            board.Boot();
            board.ReportHealthy(Guest);
            board.Update(3, 2, 5000, Guest);
            board.Boot();
            board.ReportHealthy(Guest);
        }, [Guest]),
        ["a package of several erase blocks"] = (board =>
        {
            board.Update(2, 2, 300_000, Guest);
            board.Boot();
        }, [Guest]),
        ["set of two guests and the table"] = (board =>
        {
            board.Update(2, 1, 6000, Guest, Other, UpdateUnit.Table);
            board.Boot();
            board.ReportHealthy(Guest);
            board.Boot();
            board.ReportHealthy(UpdateUnit.Table, Other);
        }, [Guest, Other, UpdateUnit.Table]),
        ["tries run out"] = (board =>
        {
            board.Update(2, 2, 5000, Guest, Other);
            for (int i = 0; i < ModelBoard.Tries + 2; i++)
                board.Boot();
            board.Update(3, 2, 5000, Guest, Other);
            board.Boot();
        }, [Guest, Other]),
        ["health never comes"] = (board =>
        {
            board.Update(2, 2, 5000, Guest, Other);
            board.Boot();
            board.ReportHealthy(Other);
            board.TimeOut();
            board.Boot();
        }, [Guest, Other]),
        ["hypervisor and table"] = (board =>
        {
            board.Update(2, 2, 8000, UpdateUnit.Hypervisor, UpdateUnit.Table);
            board.Boot();
            board.ReportHealthy(UpdateUnit.Hypervisor, UpdateUnit.Table);
            board.Boot();
        }, [UpdateUnit.Hypervisor, UpdateUnit.Table]),
        ["a damaged slot on trial"] = (board =>
        {
            board.Update(2, 2, 8000, Guest, Other);
            board.Damage(Other, 1);
            board.Boot();
        }, [Guest, Other]),
    };

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Every_cut_leaves_the_old_or_the_new_set(string scenario, bool isDisk)
    {
        (Action<ModelBoard> act, int[] set) = s_scenarios[scenario];
        ModelBoard delivered = Prepared(isDisk);
        ModelBoard whole = delivered.With(delivered.Model.Copy());
        whole.OpenOnly();
        act(whole);
        int points = 0;
        for (int step = 0; step < whole.Model.Steps; step++)
        {
            for (int fate = 0; fate < Fates; fate++)
            {
                ModelBoard board = delivered.With(delivered.Model.Copy(step, fate));
                Assert.Throws<PowerCut>(() =>
                {
                    board.OpenOnly();
                    act(board);
                });
                points += CutBootsToo(board, fate, set, $"step {step}, fate {fate}");
            }
        }
        output.WriteLine($"{scenario}, {(isDisk ? "disk" : "flash")}: {points} crash points survived");
    }

    /// <summary>The boot after a cut may be cut as well, at each of its steps; the one after that is not.</summary>
    private static int CutBootsToo(ModelBoard after, int fate, int[] set, string where)
    {
        ModelBoard quiet = after.With(after.Model.AfterCut());
        Check(quiet, set, where);
        for (int step = 0; step < quiet.Model.Steps; step++)
        {
            ModelBoard second = after.With(after.Model.AfterCut(step, fate + 7));
            try
            {
                second.Boot();
            }
            catch (PowerCut)
            {
            }
            Check(second.With(second.Model.AfterCut()), set, $"{where}, then {step} of the boot");
        }
        return 1 + quiet.Model.Steps;
    }

    private static void Check(ModelBoard board, int[] set, string where)
    {
        int[] first = board.Boot();
        Legal(board, first, set, where);
        // Booted on and on without a word of health, it comes to rest on what was confirmed.
        int[] last = first;
        for (int i = 0; i < ModelBoard.Tries + 1; i++)
            Legal(board, last = board.Boot(), set, where);
        int erases = board.Model.Erases, programs = board.Model.Programs;
        Assert.Equal(last, board.Boot());
        // An ordinary boot writes nothing.
        Assert.Equal((erases, programs), (board.Model.Erases, board.Model.Programs));
        for (int unit = 0; unit < UpdateUnit.Count; unit++)
            Assert.True(last[unit] >= board.Confirmed[unit], $"{where}: unit {unit} fell from {board.Confirmed[unit]} to {last[unit]}");
        Assert.All(board.Launches, launch => Assert.True(launch.Value <= ModelBoard.Tries, $"{where}: {launch}"));
    }

    private static void Legal(ModelBoard board, int[] versions, int[] set, string where)
    {
        Assert.True(versions.All(version => version != 0), $"{where}: a unit has nothing to run");
        Assert.True(set.Select(unit => versions[unit]).Distinct().Count() == 1, $"{where}: {string.Join(' ', set.Select(unit => versions[unit]))}");
        for (int unit = 0; unit < UpdateUnit.Count; unit++)
        {
            UnitState of = board.State.Unit[unit];
            Assert.True(board.TryVerify(unit, of.Current, out _, out ulong rollback) && rollback >= of.Rollback, where);
            Assert.True(set.Contains(unit) || versions[unit] == 1, $"{where}: unit {unit} was not updated");
        }
    }

    // The journal stands near the end of its block, so that scenarios cross into the other.
    private static ModelBoard Prepared(bool isDisk)
    {
        ModelBoard board = ModelBoard.Delivered(isDisk);
        for (int i = 0; i < 2 * (IFlash.EraseBlock / StateRecord.Size) - 4; i++)
            board.KeepAgain();
        return board;
    }
}
