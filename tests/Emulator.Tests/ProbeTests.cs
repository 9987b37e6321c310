using Xunit;

namespace Bulkhead.Emulator.Tests;

/// <summary>The probe guest's scenarios under the hypervisor.</summary>
[Collection("emulator")]
public class ProbeTests
{
    [Theory]
    [InlineData("hello", 1)]
    [InlineData("abort", 1)]
    [InlineData("undef", 1)]
    [InlineData("psci", 2)]
    [InlineData("hypercalls", 1)]
    [InlineData("smp", 2)]
    [InlineData("timer", 1)]
    [InlineData("gic", 1)]
    [InlineData("digests", 1)]
    public void The_scenario_comes_to_its_end(string scenario, int cpus)
    {
        (int exit, string output) = Board.Bulkhead("run", Board.Probes(("probe", cpus, scenario)), "--timeout", "240", "--expect", $"probe=probe: {scenario} done");
        Assert.True(exit == 0, output);
    }

    [Fact]
    public void A_crashing_guest_is_reported_and_its_neighbour_goes_on()
    {
        (int exit, string output) = Board.Bulkhead(
            "run", Board.Probes(("victim", 1, "crash"), ("healthy", 1, "timer")), "--timeout", "240",
            "--expect", "bulkhead=victim: stopped: instruction fetch outside its memory", "--expect", "bulkhead=ESR_EL2",
            "--expect", "healthy=probe: timer done");
        Assert.True(exit == 0, output);
    }

    [Fact]
    public void Power_off_ends_the_guest_only()
    {
        (int exit, string output) = Board.Bulkhead(
            "run", Board.Probes(("leaver", 1, "off"), ("stayer", 1, "hello")), "--timeout", "240",
            "--expect", "bulkhead=leaver: powered off", "--expect", "stayer=probe: hello done");
        Assert.True(exit == 0, output);
    }

    [Fact]
    public void Flooding_guests_never_mix()
    {
        string log = Directory.CreateTempSubdirectory("bulkhead-flood").FullName;
        (int exit, string output) = Board.Bulkhead(
            "run", Board.Probes(("one", 1, "flood"), ("two", 1, "flood"), ("three", 1, "flood"), ("four", 1, "flood")), "--timeout", "90", "--log", log,
            "--expect", "one=flood 500 ", "--expect", "two=flood 500 ", "--expect", "three=flood 500 ", "--expect", "four=flood 500 ");
        Assert.True(exit == 0, output[Math.Max(0, output.Length - 2000)..]);
        foreach (string guest in new[] { "one", "two", "three", "four" })
        {
            string[] lines = File.ReadAllText(Path.Combine(log, guest + ".log")).Replace("\r", "").Split('\n')
                .Where(line => line.StartsWith("probe: flood ", StringComparison.Ordinal)).ToArray();
            int next = int.Parse(lines[0].Split(' ')[2]);
            // The last line may be cut by the end of the run.
            foreach (string line in lines[..^1])
                Assert.Equal(next++, int.Parse(line.Split(' ')[2]));
        }
    }
}
