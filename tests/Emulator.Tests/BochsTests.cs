using Xunit;

namespace Bulkhead.Emulator.Tests;

/// <summary>
/// What only Bochs shows: VT-x, and AMD-V with next RIP and without a virtual GIF. It executes few instructions, so each
/// boot shows several things.
/// </summary>
[Collection("emulator")]
public class BochsTests
{
    private const string Beats = @"pulse: t=3s periods=3000 misses=\d+";

    [Fact]
    public void On_VT_x_a_hung_guest_and_a_crashed_one_restart_beside_an_assigned_clock_and_pulse()
    {
        // The UART interrupts CPU 0, which is not to be the one that hangs.
        string manifest = PcBoard.Manifest(
            Options("hang", 3, "watchdog: {timeout: 2 s, pretimeout: 1 s}"),
            PcBoard.Probe("clock", 1, "clock", "rtc"),
            Options("leftovers", 2, "restart: {on: [crash], delay: 100 ms, limit: 1 per 60 s}"),
            PcBoard.Pulse("pulse", 0));
        // Each exit leaves its trace as well.
        File.WriteAllText(manifest, File.ReadAllText(manifest).Replace("guests:", "trace: true\nguests:"));
        Play("bochs", manifest,
            // With interrupts off: only the preemption timer ends its turn (Vmx/VmxBackstop.cs).
            "--expect", "bulkhead=hang: stopped: its watchdog was not fed", "--expect", "bulkhead=hang: restarts", "--expect", "hang=probe: hang done",
            // Nothing of its first life shows in the second.
            "--expect", @"leftovers=(?s)leftovers done.*leftovers done", "--expect", "bulkhead=leftovers: is held off",
            "--expect", "clock=probe: clock done", "--expect", $"pulse={Beats}",
            // Its COM1 goes both ways.
            "--send", "pulse=x", "--expect", "bulkhead=console 4 pulse has the input");
    }

    [Fact]
    public void On_AMD_V_without_a_virtual_GIF_pulse_beats_beside_an_assigned_clock_and_a_flood() =>
        Play("bochs-ryzen", PcBoard.Manifest(PcBoard.Probe("flood", 0, "flood"), PcBoard.Probe("clock", 1, "clock", "rtc"), PcBoard.Pulse("pulse", 2)),
            "--expect", $"pulse={Beats}", "--expect", "clock=probe: clock done",
            // More than its ring holds, with interrupts masked on the CPU that the UART interrupts (Svm/SvmInjection.cs).
            "--expect", "flood=probe: flood 100 x");

    [Fact]
    [Trait("Tier", "long")]
    public void Records_of_both_crashes_survive_a_reset_on_VT_x()
    {
        string manifest = PcBoard.Manifest(
            Options("unemulated", 0, "restart: {on: []}"), Options("bug", 1, "after: unemulated"));
        File.WriteAllText(manifest, File.ReadAllText(manifest).Replace("guests:", "trace: true\non_bug: reset\ncrash_call: true\nguests:"));
        Play("bochs", manifest, "--expect", "bulkhead=black box: ([2-9]|1[0-9]) crash records of former runs");
    }

    [Fact]
    public void No_vcpu_sleeps_through_an_interrupt_on_VT_x() =>
        Play("bochs", PcBoard.Manifest(PcBoard.Probe("one", "0, 1", "wakes"), PcBoard.Probe("two", "2, 3", "wakes")),
            "--expect", "one=probe: wakes done", "--expect", "two=probe: wakes done");

    [Fact]
    public void A_Debian_guest_of_two_vcpus_comes_to_its_shell_on_VT_x() => StartDebian("bochs", 2);

    [Fact]
    [Trait("Tier", "long")]
    public void A_Debian_guest_comes_to_its_shell_on_AMD_V() => StartDebian("bochs-ryzen", 1);

    // Memory that need not be scrubbed, and nothing to inflate.
    private static void StartDebian(string board, int vcpus) => Play(board,
        PcBoard.Manifest(
            $"linux: {{cpus: [{string.Join(", ", Enumerable.Range(0, vcpus))}], memory: 96 MiB, slot: 48 MiB, linux: {{package: 'linux-image-cloud-{{arch}}', cmdline: 'console={{console}} quiet', compression: none}}}}",
            PcBoard.Pulse("pulse", vcpus)),
        "--expect", $"linux=linux is up, {vcpus} CPUs online", "--expect", "linux=# ",
        "--send", "linux=echo $((6*9)); hostname\\n", "--expect", "linux=54[\\r\\n]+linux", "--expect", $"pulse={Beats}");

    [Fact]
    [Trait("Tier", "long")]
    public void The_demo_starts_on_VT_x()
    {
        (int exit, string output) = Board.Bulkhead(
            "run", "--board", "bochs", "--image", PcBoard.Demo, "--timeout", "2400",
            "--expect", "gateway=gateway is up, 2 CPUs online", "--expect", "gateway=# ", "--send", "gateway=echo $((6*7)); nproc\\n", "--expect", "gateway=42[\\r\\n]+2",
            "--expect", "app=app is up, 1 CPUs online", "--expect", "app=# ", "--send", "app=echo $((6*9)); hostname\\n", "--expect", "app=54[\\r\\n]+app",
            "--expect", $"pulse={Beats}");
        Assert.True(exit == 0, output);
    }

    private static string Options(string scenario, int cpu, string options) =>
        $"{scenario}: {{cpus: [{cpu}], memory: 4 MiB, slot: 256 KiB, {options}, kernel: {{project: probe, cmdline: 'scenario={scenario} guest={scenario}'}}}}";

    // The image is the one for QEMU's board: built for it, run by Bochs.
    private static void Play(string board, string manifest, params string[] expectations)
    {
        string image = PcBoard.Build(manifest);
        (int exit, string output) = Board.Bulkhead(["run", manifest, "--board", board, "--image", image, "--timeout", "900", .. expectations]);
        Assert.True(exit == 0, output);
    }
}
