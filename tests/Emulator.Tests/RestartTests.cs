using System.Text.RegularExpressions;
using Xunit;
using Xunit.Abstractions;

namespace Bulkhead.Emulator.Tests;

/// <summary>Guests that end again and again: nothing of a life shows in the next, and the board does not tire.</summary>
[Collection("emulator")]
public class RestartTests(ITestOutputHelper log)
{
    private const string Arm64 = "qemu-virt-arm64", Pc = "qemu-q35";

    // The policy counts no further than 32.
    [Theory]
    [InlineData(Arm64, "stopped: instruction fetch outside its memory")]
    [InlineData(Pc, "stopped: triple fault")]
    public void Nothing_of_a_life_shows_in_the_next(string board, string crash)
    {
        string manifest = Write(board, """
              lives:
                cpus: [0, 1]
                memory: 4 MiB
                restart: {on: [crash, reset, off], delay: 0 ms, limit: 32 per 24 h}
                watchdog: {timeout: 100 s}
                kernel: {project: probe, cmdline: 'scenario=lives guest=lives'}
            """);
        (int exit, string output) = Board.Bulkhead("run", manifest, "--timeout", "180", "--expect", "bulkhead=lives: was restarted 32 times", "--expect", "witness=witness: untouched pass=");
        Assert.True(exit == 0, output);
        Assert.Equal(33, Regex.Count(output, "probe: lives done"));
        Assert.DoesNotContain("FAIL", output);
        // Each of its ends came about.
        Assert.Contains($"lives: {crash}", output);
        Assert.Contains("lives: asked for a reset", output);
        Assert.Contains("lives: powered off", output);
        AssertUntouched(output);
    }

    // By arm64's board file's steps (`reset`), with the clock's alarm going off when their guest crashes.
    [Fact]
    public void Its_devices_are_at_rest_in_the_next()
    {
        string manifest = Write(Arm64, """
              devices:
                cpus: [0]
                memory: 4 MiB
                devices: [rtc]
                restart: {on: [crash], delay: 0 ms, limit: 3 per 24 h}
                kernel: {project: probe, cmdline: scenario=devices}
            """);
        (int exit, string output) = Board.Bulkhead("run", manifest, "--timeout", "120", "--expect", "bulkhead=devices: was restarted 3 times", "--expect", "witness=witness: untouched pass=");
        Assert.True(exit == 0, output);
        Assert.Equal(4, Regex.Count(output, "probe: devices done"));
        AssertUntouched(output);
    }

    [Theory]
    [InlineData(Arm64)]
    [InlineData(Pc)]
    public void It_starts_again_and_again(string board) => StartsAgain(board, 200, 180);

    [Theory]
    [InlineData(Arm64)]
    [InlineData(Pc)]
    [Trait("Tier", "long")]
    public void It_starts_ten_thousand_times(string board) => StartsAgain(board, 10_000, 3600);

    private void StartsAgain(string board, int restarts, int seconds)
    {
        string manifest = Write(board, """
              again:
                cpus: [0]
                memory: 4 MiB
                restart: {on: [reset], delay: 0 ms, limit: none}
                kernel: {project: probe, cmdline: scenario=again}
            """);
        int starts = 0, passes = 0;
        string output = Board.RunUntil(manifest, seconds, line =>
        {
            starts += line.Contains("again: starts", StringComparison.Ordinal) ? 1 : 0;
            passes += starts > restarts && line.Contains("witness: untouched", StringComparison.Ordinal) ? 1 : 0;
            return passes != 0;
        });
        Assert.True(starts > restarts, output);
        AssertUntouched(output);
        log.WriteLine($"{board}: {starts - 1} restarts survived");
    }

    private static void AssertUntouched(string output)
    {
        Assert.DoesNotContain("BUG:", output);
        Assert.DoesNotContain("CHANGED", output);
    }

    private static string Write(string board, string guest)
    {
        // All that a PC's guests need is compiled with it.
        if (board == Pc)
            _ = PcBoard.Demo;
        string path = Path.Combine(Directory.CreateTempSubdirectory("bulkhead-test").FullName, "appliance.yaml");
        File.WriteAllText(path, $"""
            appliance: restarts
            board: {board}
            guests:
            {guest}
              witness:
                cpus: [2]
                memory: 6 MiB
                kernel: {"{"}project: witness{"}"}
            """);
        return path;
    }
}
