using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Xunit;
using Xunit.Abstractions;

namespace Bulkhead.Emulator.Tests;

/// <summary>Real updates of a board that runs, cut off at random instants by killing the machine: the next start runs the old version or the new one, and what was confirmed stays.</summary>
[Collection("emulator")]
public sealed partial class PowerCutTests(ITestOutputHelper log)
{
    // Seconds until a board says its version, on a machine that does much else.
    private const int Patience = 600;

    [Theory]
    [InlineData("qemu-virt-arm64", 15)]
    [InlineData("qemu-q35", 15)]
    public void A_cut_leaves_the_old_version_or_the_new_one(string board, int cuts) => Cut(board, cuts);

    [Theory]
    [InlineData("qemu-virt-arm64", 150)]
    [InlineData("qemu-q35", 150)]
    [Trait("Tier", "long")]
    public void So_do_many(string board, int cuts) => Cut(board, cuts);

    private void Cut(string board, int cuts)
    {
        UpdateManifest first = new(board, 1);
        using UpdateFolder folder = new(first);
        Dictionary<int, string> bundles = new() { [2] = folder.Pack(first with { Version = 2 }, "gateway"), [5] = folder.Pack(first with { Version = 5 }, "gateway") };
        int seed = Environment.TickCount;
        Random random = new(seed);
        int version = 1;
        int done = 0;
        for (int i = 0; i <= cuts; i++)
        {
            int next = version == 2 ? 5 : 2;
            using Process run = Start("run", folder.Manifest, "--image", folder.Image, "--keep", "--timeout", $"{Patience}");
            int? found = ReadVersion(run, out string said);
            Assert.True(found == version || i > 0 && found == next, $"seed {seed}, cut {i}: version {found} runs, {version} was confirmed and {next} on its way; the board has said:\n{said}");
            version = found!.Value;
            next = version == 2 ? 5 : 2;
            // Long enough for all of it at times.
            bool isLast = i == cuts;
            using Process update = Start("update", bundles[next], "--wait", "--run", $"{run.Id}");
            Task drain = Drain(run);
            if (isLast)
                Assert.True(update.WaitForExit(120_000), "an update without end");
            else
                update.WaitForExit(random.Next(200, 4000));
            if (update.HasExited && update.ExitCode == 0)
            {
                version = next;
                done++;
            }
            Kill(run);
            update.WaitForExit();
            drain.Wait();
            Assert.True(!isLast || update.ExitCode == 0, $"seed {seed}: the last update, which nothing cut, ended with {update.ExitCode}");
        }
        Assert.NotEqual(0, done);
        log.WriteLine($"{board}: {cuts} power cuts survived, {done} updates came to their end");
    }

    // The machine, not the command that runs it, which would say goodbye.
    private static void Kill(Process run)
    {
        foreach (string child in File.ReadAllText($"/proc/{run.Id}/task/{run.Id}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (File.ReadAllText($"/proc/{child}/comm").StartsWith("qemu", StringComparison.Ordinal))
                Process.GetProcessById(int.Parse(child)).Kill();
        }
        run.WaitForExit();
    }

    private static int? ReadVersion(Process run, out string said)
    {
        StringBuilder lines = new();
        int? version = null;
        while (version is null && run.StandardOutput.ReadLine() is { } line)
        {
            lines.AppendLine(line);
            if (Version().Match(line) is { Success: true } match)
                version = int.Parse(match.Groups[1].Value);
        }
        said = lines.ToString();
        return version;
    }

    private static async Task Drain(Process run)
    {
        while (await run.StandardOutput.ReadLineAsync() is not null)
        {
        }
    }

    private static Process Start(params string[] words)
    {
        ProcessStartInfo start = new(Path.Combine(Board.Root, "bulkhead"), words)
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
            WorkingDirectory = Board.Root,
        };
        start.Environment["BULKHEAD_COMPILED"] = "1";
        return Process.Start(start)!;
    }

    [GeneratedRegex(@"^gateway +\| probe: version (\d+)")]
    private static partial Regex Version();
}
