using Xunit;

namespace Bulkhead.Emulator.Tests;

/// <summary>Watchdogs on images: guests that hang with interrupts off, one that feeds, and stock kernels with their own drivers.</summary>
[Collection("emulator")]
public class WatchdogTests
{
    [Fact]
    public void Who_hangs_is_caught_and_who_feeds_is_not()
    {
        string manifest = Manifest("qemu-virt-arm64", "sbsa: {cpus: [3], memory: 16 MiB, watchdog: {timeout: 10 s}, kernel: {project: probe, cmdline: 'scenario=sbsa guest=sbsa'}}");
        CatchesHangs(manifest, "--expect", "sbsa=probe: sbsa done");
    }

    [Fact]
    public void Who_hangs_on_a_PC_is_caught_and_who_feeds_is_not()
    {
        _ = PcBoard.Demo;
        CatchesHangs(Manifest("qemu-q35"));
    }

    private static void CatchesHangs(string manifest, params string[] more)
    {
        (int exit, string output) = Board.Bulkhead(
        [
            "run", manifest, "--timeout", "240",
            // Its first life ends with the watchdog, and the second one knows.
            "--expect", "bulkhead=hang: pre-timeout of its watchdog; vcpu 0 at ", "--expect", "bulkhead=hang: stopped: its watchdog was not fed",
            "--expect", "bulkhead=hang: restarts", "--expect", "hang=probe: hang done",
            // Never as much as asked for it: its boot time ends.
            "--expect", "bulkhead=silence: stopped: its watchdog was not fed",
            "--expect", "feed=probe: feed done", .. more,
        ]);
        Assert.True(exit == 0, output);
        Assert.DoesNotContain("feed: stopped", output);
        Assert.DoesNotContain("sbsa: stopped", output);
    }

    [Fact]
    public void Debians_own_driver_starts_it()
    {
        string manifest = Write("qemu-virt-arm64", Debian("sbsa_gwdt"));
        DebianIsCaught(manifest, "qemu-virt-arm64", "SBSA Generic Watchdog");
    }

    [Fact]
    [Trait("Tier", "long")]
    public void Debians_own_driver_starts_it_on_a_PC()
    {
        _ = PcBoard.Demo;
        DebianIsCaught(Write("qemu-q35", Debian("wdat_wdt")), "qemu-q35", "wdat_wdt");
    }

    private static void DebianIsCaught(string manifest, string board, string driver)
    {
        // The shell opens the device and closes it without the letter that would stop it; then nobody feeds.
        (int exit, string output) = Board.Bulkhead(
            "run", manifest, "--board", board, "--timeout", "300", "--expect", "debian=# ",
            "--send", "debian=cat /sys/class/watchdog/watchdog0/identity\\n", "--expect", $"debian={driver}",
            "--send", "debian=echo > /dev/watchdog\\n", "--expect", "debian=watchdog did not stop",
            "--expect", "bulkhead=debian: pre-timeout of its watchdog", "--expect", "bulkhead=debian: stopped: its watchdog was not fed");
        Assert.True(exit == 0, output);
    }

    private static string Debian(string module) =>
        $"debian: {{cpus: [0], memory: 256 MiB, slot: 16 MiB, watchdog: {{timeout: 10 s, pretimeout: 3 s}}, linux: {{package: 'linux-image-cloud-{{arch}}', initramfs: {{modules: [{module}]}}}}}}";

    private static string Manifest(string board, params string[] more) => Write(board,
    [
        Probe("hang", 0, "{timeout: 10 s}", ""),
        Probe("silence", 1, "{timeout: 1 s, boot: 2 s}", "restart: {on: []}, "),
        Probe("feed", 2, "{timeout: 10 s, boot: 60 s}", ""),
        .. more,
    ]);

    private static string Probe(string scenario, int cpu, string watchdog, string restart) =>
        $"{scenario}: {{cpus: [{cpu}], memory: 16 MiB, {restart}watchdog: {watchdog}, kernel: {{project: probe, cmdline: 'scenario={scenario} guest={scenario}'}}}}";

    private static string Write(string board, params string[] guests)
    {
        string folder = Directory.CreateTempSubdirectory("bulkhead-dog").FullName, path = Path.Combine(folder, "appliance.yaml");
        File.WriteAllText(path, $"appliance: dogs\nboard: {board}\nguests:\n{string.Concat(guests.Select(guest => $"  {guest}\n"))}");
        string packages = Path.Combine(Board.Root, "partitions/demo/bulkhead.lock");
        if (File.Exists(packages))
            File.Copy(packages, Path.Combine(folder, "bulkhead.lock"));
        return path;
    }
}
