using System.Text.RegularExpressions;
using Xunit;

namespace Bulkhead.Emulator.Tests;

/// <summary>
/// A guest that attacks (partitions/hostile) beside one that would notice (partitions/witness): every answer it gets is
/// the architecture's, the hypervisor lives, and the witness's memory stays what it was.
/// </summary>
[Collection("emulator")]
public class HostileTests
{
    private const string Done = @"hostile: done seed=\d+ operations=\d+ deviations=\d+ digest=0x[0-9a-f]+[\r\n]";

    [Theory]
    [InlineData("cortex-a57", 600_000)]
    [InlineData("max", 300_000)]
    public void Every_answer_is_legal_and_the_neighbour_is_untouched(string cpu, int operations) =>
        Attack("qemu-virt-arm64", operations, 1, 240, "--", "-cpu", cpu);

    [Fact]
    public void The_seed_is_the_run()
    {
        string first = Run("qemu-virt-arm64", 60_000, 7, 240, false, "--", "-icount", "shift=0,sleep=off");
        string second = Run("qemu-virt-arm64", 60_000, 7, 240, false, "--", "-icount", "shift=0,sleep=off");
        string other = Run("qemu-virt-arm64", 60_000, 8, 240, false, "--", "-icount", "shift=0,sleep=off");
        Assert.Equal(Last(first), Last(second));
        Assert.NotEqual(Last(first), Last(other));
    }

    [Fact]
    [Trait("Tier", "long")]
    public void Fifty_million_operations_on_arm64() => Attack("qemu-virt-arm64", 50_000_000, 2026, 3600);

    private static void Attack(string board, long operations, ulong seed, int timeout, params string[] more)
    {
        string output = Run(board, operations, seed, timeout, true, more);
        Match done = Regex.Match(Last(output), @"operations=(\d+) deviations=(\d+)");
        Assert.True(long.Parse(done.Groups[1].Value) >= operations, output);
        Assert.True(done.Groups[2].Value == "0", output);
        Assert.DoesNotContain("BUG:", output);
        Assert.DoesNotContain("CHANGED", output);
        Assert.Single(Regex.Matches(output, @"witness: untouched .*digest=(0x[0-9a-f]+)").Select(match => match.Groups[1].Value).Distinct());
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
                kernel:
                  project: hostile
                  cmdline: seed={seed} operations={operations}
            {witness}
            """);
        string[] wanted = isWatched ? ["--expect", "witness=witness: untouched pass="] : [];
        (int exit, string output) = Board.Compile(["run", manifest, "--timeout", $"{timeout}", "--expect", $"hostile={Done}", .. wanted, .. more]);
        Assert.True(exit == 0, output);
        return output;
    }
}
