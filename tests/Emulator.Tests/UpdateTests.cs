using Bulkhead.ImageBuilder.Formats;
using Xunit;

namespace Bulkhead.Emulator.Tests;

/// <summary>Updates of one guest, written into an image and tried by a board that keeps what it writes: probe says which version runs.</summary>
[Collection("emulator")]
public sealed class UpdateTests : IDisposable
{
    private const int Good = 2, Silent = 3, Crashing = 4;

    private static readonly string[] s_boards = ["qemu-virt-arm64", "qemu-q35"];
    private readonly string _folder = Directory.CreateTempSubdirectory("bulkhead-update").FullName;

    // Both boards' hypervisors and guests, once.
    static UpdateTests()
    {
        foreach (string board in s_boards)
        {
            string folder = Directory.CreateTempSubdirectory("bulkhead-update").FullName;
            File.WriteAllText(Path.Combine(folder, "1.yaml"), Text(board, 1));
            (int exit, string output) = Board.Compile("build", Path.Combine(folder, "1.yaml"), "-o", Path.Combine(folder, "1.img"));
            Directory.Delete(folder, true);
            if (exit != 0)
                throw new InvalidOperationException(output);
        }
    }

    public static TheoryData<string> Boards => [.. s_boards];

    public void Dispose() => Directory.Delete(_folder, true);

    [Theory]
    [MemberData(nameof(Boards))]
    public void A_version_that_works_is_confirmed_and_stays(string board)
    {
        Deliver(board);
        Update(board, Good);
        Run(board, "gateway=version 2", "app=version 1", "bulkhead=gateway: its update is confirmed");
        byte[] before = File.ReadAllBytes(Image);
        string output = Run(board, "gateway=version 2", "app=trial done");
        Assert.DoesNotContain("on trial,", output, StringComparison.Ordinal);
        Assert.True(before.AsSpan().SequenceEqual(File.ReadAllBytes(Image)), "an ordinary boot has written");
    }

    [Theory]
    [MemberData(nameof(Boards))]
    public void A_version_that_says_nothing_goes_back_while_the_other_guest_runs_on(string board)
    {
        Deliver(board);
        Update(board, Silent);
        string output = Run(board, "gateway=version 3", "bulkhead=gateway: stopped: its update was not confirmed in time", "bulkhead=gateway: goes back to its confirmed slot", "gateway=version 1");
        Assert.Equal(output.IndexOf("app: starts", StringComparison.Ordinal), output.LastIndexOf("app: starts", StringComparison.Ordinal));
        Run(board, "gateway=version 1");
    }

    [Theory]
    [MemberData(nameof(Boards))]
    public void A_version_that_crashes_goes_back_after_its_tries(string board)
    {
        Deliver(board);
        Update(board, Crashing);
        string output = Run(board, "gateway=version 4", "gateway=version 1", "app=trial done");
        Assert.Equal(3, output.Split("probe: version 4").Length - 1);
        Assert.Contains("gateway: goes back to its confirmed slot", output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Boards))]
    public void Power_cuts_in_a_trial_cost_its_tries(string board)
    {
        Deliver(board);
        Update(board, Silent);
        // Each run ends before the time to confirm has.
        for (int i = 0; i < 3; i++)
            Run(board, "gateway=version 3");
        Run(board, "gateway=version 1");
    }

    [Theory]
    [MemberData(nameof(Boards))]
    public void With_both_slots_bad_the_others_run(string board)
    {
        Deliver(board);
        Update(board, Good);
        Damage("gateway-a");
        Damage("gateway-b");
        Run(board, "bulkhead=gateway: not started: its package was refused", "app=version 1", "app=trial done");
        // Not for ever: what was damaged may be written again.
        Update(board, Good);
        Run(board, "gateway=version 2", "bulkhead=gateway: its update is confirmed");
    }

    /// <summary>A folder with an image of version 1, its manifest, and bundles of others, VERSION.bhu.</summary>
    internal static (string Manifest, string Image) Prepare(string folder, string board, params int[] versions)
    {
        string manifest = Path.Combine(folder, "1.yaml"), image = Path.Combine(folder, "board.img");
        foreach (int version in versions.Append(1))
            File.WriteAllText(Path.Combine(folder, $"{version}.yaml"), Text(board, version));
        Say("build", manifest, "-o", image);
        foreach (int version in versions)
            Say("package", "gateway", "--appliance", Path.Combine(folder, $"{version}.yaml"), "-o", Path.Combine(folder, $"{version}.bhu"));
        return (manifest, image);
    }

    private string Image => Path.Combine(_folder, "board.img");

    private void Deliver(string board) => Say("build", Manifest(board, 1), "-o", Image);

    private void Update(string board, int version)
    {
        string bundle = Path.Combine(_folder, $"{version}.bhu");
        Say("package", "gateway", "--appliance", Manifest(board, version), "-o", bundle);
        Say("update", bundle, "--image", Image);
    }

    private string Run(string board, params string[] expected) =>
        Say(["run", Manifest(board, 1), "--image", Image, "--keep", "--timeout", "60", .. expected.SelectMany(text => new[] { "--expect", text })]);

    private static string Say(params string[] words)
    {
        (int exit, string output) = Board.Bulkhead(words);
        Assert.True(exit == 0, output);
        return output;
    }

    private void Damage(string partition)
    {
        ulong start = Gpt.Read(File.ReadAllBytes(Image)).Single(one => one.Name == partition).Offset;
        using FileStream file = File.OpenWrite(Image);
        file.Position = (long)start + 5000;
        file.Write([0x55, 0xaa, 0x55, 0xaa]);
    }

    private string Manifest(string board, int version)
    {
        string path = Path.Combine(_folder, $"{version}.yaml");
        File.WriteAllText(path, Text(board, version));
        return path;
    }

    private static string Text(string board, int version)
    {
        string what = version switch { Silent => "silent", Crashing => "crash", _ => "report" };
        return $$"""
            appliance: updated
            board: {{board}}
            guests:
              gateway:
                cpus: [0]
                memory: 16 MiB
                version: {{version}}.0
                update: {tries: 3, confirm: 3 s}
                kernel: {project: probe, cmdline: scenario=trial version={{version}} do={{what}}}
              app:
                cpus: [1]
                memory: 16 MiB
                kernel: {project: probe, cmdline: scenario=trial version=1}
            """;
    }
}
