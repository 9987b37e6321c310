using Bulkhead.ImageBuilder.Testing;
using Xunit;

namespace Bulkhead.ImageBuilder.Tests.Testing;

public sealed class TestRunTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    private TestTally Count(string results, int exit)
    {
        File.WriteAllText(_file, results);
        return TestRun.Count("Some.Tests", _file, exit);
    }

    private static string Results(params string[] outcomes) =>
        $"<TestRun xmlns='urn:results'><Results>{string.Concat(outcomes.Select((outcome, i) => $"<UnitTestResult testName='t{i}' outcome='{outcome}'/>"))}</Results></TestRun>";

    [Fact]
    public void Passed_and_failed_are_counted_and_skipped_are_neither()
    {
        TestTally tally = Count(Results("Passed", "Failed", "NotExecuted", "Passed", "Timeout"), 1);
        Assert.Equal(2, tally.Passed);
        Assert.Equal(["t1", "t4"], tally.Failing);
    }

    [Fact]
    public void What_tests_say_they_survived_is_summed_where_they_passed()
    {
        string Said(string outcome, string words) => $"<UnitTestResult testName='t' outcome='{outcome}'><Output><StdOut>{words}</StdOut></Output></UnitTestResult>";
        TestTally tally = Count($"<TestRun>{Said("Passed", "a: 1200 crash points survived\nb, flash: 34 crash points survived")}{Said("Passed", "board: 15 power cuts survived, 3 updates")}{Said("Failed", "c: 7 crash points survived")}</TestRun>", 1);
        Assert.Equal([("crash points", 1234L), ("power cuts", 15L)], tally.Survived.Select(one => (one.Key, one.Value)));
    }

    [Fact]
    public void All_passed_is_all() => Assert.Empty(Count(Results("Passed"), 0).Failing);

    [Fact]
    public void A_host_that_died_has_failed_whatever_it_counted()
    {
        TestTally tally = Count(Results("Passed"), 134);
        Assert.Equal(1, tally.Passed);
        Assert.Equal(["Some.Tests: did not build, or its test host died"], tally.Failing);
    }

    [Fact]
    public void No_results_is_a_failure()
    {
        File.Delete(_file);
        Assert.Single(TestRun.Count("Some.Tests", _file, 1).Failing);
    }

    [Fact]
    public void Damaged_results_are_a_failure() => Assert.Equal(["Some.Tests: its result file is damaged"], Count("<TestRun><Results>", 0).Failing);
}
