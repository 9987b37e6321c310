using System.Text.Json;
using Xunit;

namespace Bulkhead.Emulator.Tests;

/// <summary>A guest's crash and the hypervisor's own, decoded from the RAM that the board's reset left alone.</summary>
[Collection("emulator")]
public class BlackBoxTests
{
    // Both crash in every run, in whatever order; a run that has both records of former ones has seen them survive.
    private const string Again = "bulkhead=black box: ([2-9]|1[0-9]) crash records of former runs";

    [Fact]
    public void Arm64_keeps_what_both_crashes_were() =>
        Check(Board.Probes(("crash", 1, "crash"), ("bug", 1, "bug-exception")), "probes-qemu-virt-arm64.img", "arm64", "stopped: instruction fetch outside its memory", "0x7f0000000");

    /// <summary>Power is cut after a crash, and with it goes the RAM: the image still knows.</summary>
    [Fact]
    public void Arm64_keeps_crashes_in_flash()
    {
        string manifest = Board.Probes(("crash", 1, "crash")), image = Path.ChangeExtension(manifest, ".img");
        File.WriteAllText(manifest, File.ReadAllText(manifest).Replace("guests:", "crash_log: true\nguests:").Replace("    memory:", "    restart: {on: [crash], delay: 0 ms, limit: 5 per 24 h}\n    memory:"));
        (int exit, string output) = Board.Bulkhead("build", manifest, "-o", image);
        Assert.True(exit == 0, output);
        (exit, output) = Board.Bulkhead("run", manifest, "--image", image, "--keep", "--timeout", "120", "--expect", "bulkhead=crash: is held off");
        Assert.True(exit == 0, output);
        File.Delete(image + ".blackbox");
        (exit, output) = Board.Bulkhead("blackbox", image, "--json");
        Assert.True(exit == 0, output);
        using JsonDocument box = JsonDocument.Parse(output);
        // Six crashes, of which a run keeps two.
        Assert.Equal(["crash", "crash"], box.RootElement.GetProperty("records").EnumerateArray().Select(record => Text(record, "owner")));
        (exit, output) = Board.Bulkhead("run", manifest, "--image", image, "--timeout", "120", "--expect", "bulkhead=black box: 2 crash records of former runs, this is run 2");
        Assert.True(exit == 0, output);
    }

    [Theory]
    [InlineData("")]
    [InlineData("--uefi")]
    public void A_PC_keeps_what_both_crashes_were(string how) =>
        Check(PcBoard.Manifest(PcBoard.Probe("crash", 0, "unemulated"), PcBoard.Probe("bug", 1, "bug")), "test-qemu-q35.img", "svm",
            "stopped: an access outside its memory by an instruction that is not emulated", "0xd0000000", how);

    /// <summary>
    /// The vCPUs of one guest interrupt each other, and the trace of the one that is interrupted says by what. It is the second:
    /// beside a slow console the first one's looks at its UART fill the ring.
    /// </summary>
    [Fact]
    public void Arm64_traces_what_it_injects() => Traces(Board.Probes(("probe", 2, "smp")), "probes-qemu-virt-arm64.img", "probe=probe: smp done", 2);

    [Fact]
    public void A_PC_traces_what_it_injects() => Traces(PcBoard.Manifest(PcBoard.Probe("probe", "0, 1", "wakes")), "test-qemu-q35.img", "probe=probe: wakes done", 0x71);

    private static void Traces(string manifest, string image, string end, int interrupt)
    {
        File.WriteAllText(manifest, File.ReadAllText(manifest).Replace("guests:", "trace: true\nguests:"));
        (int exit, string output) = Board.Bulkhead("run", manifest, "--timeout", "240", "--expect", end);
        Assert.True(exit == 0, output);
        (exit, output) = Board.Bulkhead("blackbox", Path.Combine(Board.Root, "out", image), "--json");
        Assert.True(exit == 0, output);
        using JsonDocument box = JsonDocument.Parse(output);
        Assert.Contains(box.RootElement.GetProperty("runs").EnumerateArray().SelectMany(run => run.GetProperty("cpus").EnumerateArray())
            .SelectMany(cpu => cpu.GetProperty("exits").EnumerateArray()), entry => entry.TryGetProperty("interrupt", out JsonElement number) && number.GetInt32() == interrupt);
    }

    private static void Check(string manifest, string image, string cpu, string cause, string address, params string[] how)
    {
        string text = File.ReadAllText(manifest).Replace("guests:", "trace: true\non_bug: reset\ncrash_call: true\nguests:")
            // Once the other one runs: it crashes at once, while this one's memory is scrubbed, which is much.
            .Replace("  bug: {cpus: [1], memory: 4 MiB", "  bug: {after: crash, cpus: [1], memory: 256 MiB").Replace("  bug:\n", "  bug:\n    after: crash\n");
        File.WriteAllText(manifest, text);
        (int exit, string output) = Board.Bulkhead(["run", manifest, .. how.Where(word => word.Length != 0), "--timeout", "240", "--expect", Again]);
        Assert.True(exit == 0, output);
        // The report names the routine behind each address.
        Assert.Matches(@"#\d+ 0x[0-9a-f]+ \w*DeliberateCrash\w*\+0x", output);

        (exit, output) = Board.Bulkhead("blackbox", Path.Combine(Board.Root, "out", image), "--json");
        Assert.True(exit == 0, output);
        using JsonDocument box = JsonDocument.Parse(output);
        JsonElement[] records = [.. box.RootElement.GetProperty("records").EnumerateArray()];
        // The second run may have crashed as well before its end.
        JsonElement bug = Assert.Single(records, record => Text(record, "owner") == "bulkhead" && record.GetProperty("run").GetUInt64() == 1);
        Assert.Contains(bug.GetProperty("backtrace").EnumerateArray(), frame => Text(frame, "routine").Contains("DeliberateCrash"));
        JsonElement crash = records.First(record => Text(record, "owner") == "crash");
        Assert.Equal((cpu, cause, address), (Text(crash, "cpu_kind"), Text(crash, "cause"), Text(crash, "walk_address")));
        // Nothing is mapped there: the walk ends at an entry that is not valid.
        Assert.Equal("0x0", Text(crash.GetProperty("walk").EnumerateArray().Last(), "entry"));
        Assert.NotEmpty(crash.GetProperty("exits").EnumerateArray());
        Assert.Contains("probe: about to", Text(crash, "console"));
    }

    private static string Text(JsonElement element, string key) => element.GetProperty(key).GetString()!;
}
