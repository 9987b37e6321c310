using System.Text.RegularExpressions;
using Xunit;
using Xunit.Abstractions;

namespace Bulkhead.Emulator.Tests;

/// <summary>
/// A guest that attacks (partitions/hostile) beside one that would notice (partitions/witness): every answer it gets is
/// the architecture's, the hypervisor lives, and the witness's memory stays what it was.
/// </summary>
[Collection("emulator")]
public class HostileTests(ITestOutputHelper log)
{
    private const string Done = @"hostile: done seed=\d+ operations=\d+ deviations=\d+ digest=0x[0-9a-f]+[\r\n]";

    [Theory]
    [InlineData("cortex-a57", 1_000_000)]
    [InlineData("max", 400_000)]
    public void Every_answer_on_arm64_is_legal_and_the_neighbour_is_untouched(string cpu, int operations) =>
        Attack("qemu-virt-arm64", operations, 1, 300, "--", "-cpu", cpu);

    [Fact]
    public void Every_answer_on_AMD_V_is_legal_and_the_neighbour_is_untouched() => Attack("qemu-q35", 400_000, 1, 600);

    [Fact]
    public void Every_answer_on_VT_x_is_legal_and_the_neighbour_is_untouched() => Attack("bochs", 100_000, 1, 900);

    [Fact]
    public void The_seed_is_the_run()
    {
        string[] counted = ["--", "-icount", "shift=0,sleep=off"];
        string first = Run("qemu-virt-arm64", 20_000, 7, 300, false, counted);
        Assert.Equal(Last(first), Last(Run("qemu-virt-arm64", 20_000, 7, 300, false, counted)));
        Assert.NotEqual(Last(first).Replace("seed=7", "seed=8"), Last(Run("qemu-virt-arm64", 20_000, 8, 300, false, counted)));
    }

    [Theory]
    [Trait("Tier", "long")]
    [InlineData("qemu-virt-arm64", 50_000_000)]
    [InlineData("qemu-q35", 50_000_000)]
    [InlineData("bochs", 5_000_000)]
    public void Millions_of_operations(string board, int operations) => Attack(board, operations, 2026, 12 * 3600);

    private void Attack(string board, long operations, ulong seed, int timeout, params string[] more)
    {
        string output = Run(board, operations, seed, timeout, true, more);
        Match done = Regex.Match(Last(output), @"operations=(\d+) deviations=(\d+)");
        Assert.True(long.Parse(done.Groups[1].Value) >= operations, output);
        Assert.True(done.Groups[2].Value == "0", output);
        Assert.DoesNotContain("BUG:", output);
        Assert.DoesNotContain("CHANGED", output);
        Assert.Single(Regex.Matches(output, @"witness: untouched .*digest=(0x[0-9a-f]+)").Select(match => match.Groups[1].Value).Distinct());
        log.WriteLine($"{board}: {done.Groups[1].Value} hostile operations survived");
    }

    private static string Last(string output) => Regex.Match(output, Done).Value;

    private static string Run(string board, long operations, ulong seed, int timeout, bool isWatched, params string[] more)
    {
        string manifest = Path.Combine(Directory.CreateTempSubdirectory("bulkhead-test").FullName, "appliance.yaml");
        string witness = isWatched ? "  witness:\n    cpus: [2]\n    memory: 16 MiB\n    kernel:\n      project: witness\n" : "";
        File.WriteAllText(manifest, $"""
            appliance: hostile
            board: {board}
            guests:
              hostile:
                cpus: [0, 1]
                memory: 16 MiB
                role: control
                watchdog:
                  timeout: 3600 s
                kernel:
                  project: hostile
                  cmdline: seed={seed} operations={operations} control=1
            {witness}
            """);
        string[] wanted = isWatched ? ["--expect", "witness=witness: untouched pass="] : [];
        (int exit, string output) = Board.Compile(["run", manifest, "--timeout", $"{timeout}", "--expect", $"hostile={Done}", .. wanted, .. more]);
        Assert.True(exit == 0, output);
        return output;
    }
}
