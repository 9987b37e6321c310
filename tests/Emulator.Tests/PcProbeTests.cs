using Xunit;

namespace Bulkhead.Emulator.Tests;

/// <summary>The probe guest's scenarios on a PC.</summary>
[Collection("emulator")]
public class PcProbeTests
{
    [Fact]
    public void Crashing_guests_are_reported_and_their_neighbours_go_on()
    {
        string manifest = PcBoard.Manifest(PcBoard.Probe("faulty", 0, "triple"), PcBoard.Probe("odd", 1, "unemulated"), PcBoard.Pulse("healthy", 2));
        (int exit, string output) = Board.Bulkhead(
            "run", manifest, "--timeout", "90", "--expect", "bulkhead=faulty: stopped: triple fault",
            "--expect", "bulkhead=odd: stopped: an access outside its memory by an instruction that is not emulated",
            // The instruction by its bytes: MOVUPS XMM0, [RDI].
            "--expect", "bulkhead=instruction 0xf 0x10 0x7", "--expect", "healthy=pulse: t=3s periods=3000 ");
        Assert.True(exit == 0, output);
        Assert.DoesNotContain("BUG:", output);
    }

    [Fact]
    public void Single_steps_stop_behind_emulated_instructions() => Play("qemu-q35", "step", 60);

    [Fact]
    [Trait("Tier", "long")]
    public void Single_steps_stop_behind_emulated_instructions_on_VT_x() => Play("bochs", "step", 600);

    [Fact]
    public void SHA_256_is_the_same_with_the_CPUs_instructions_and_without() => Play("qemu-q35", "digests", 60);

    [Fact]
    public void No_vcpu_sleeps_through_an_interrupt()
    {
        (int exit, string output) = Board.Bulkhead("run", PcBoard.Manifest(PcBoard.Probe("probe", "0, 1", "wakes")), "--timeout", "60", "--expect", "probe=probe: wakes done");
        Assert.True(exit == 0, output);
    }

    [Fact]
    public void An_NMI_waits_for_the_end_of_anothers_handler() => Play("qemu-q35", "nmi", 60);

    [Fact]
    [Trait("Tier", "long")]
    public void An_NMI_waits_for_the_end_of_anothers_handler_on_VT_x() => Play("bochs", "nmi", 600);

    [Fact]
    public void Assigned_devices_are_their_guests_own()
    {
        string manifest = PcBoard.Manifest(
            PcBoard.Probe("clock", 0, "clock", "rtc"), PcBoard.Probe("port", 1, "com2", "com2"), PcBoard.Probe("timer", 2, "hpet", "hpet"));
        (int exit, string output) = Board.Bulkhead(
            "run", manifest, "--timeout", "90", "--expect", "clock=probe: clock done", "--expect", "port=probe: com2 done", "--expect", "timer=probe: hpet done",
            // COM2 is QEMU's second serial port, whatever is behind it.
            "--", "-serial", "null");
        Assert.True(exit == 0, output);
    }

    [Fact]
    [Trait("Tier", "long")]
    public void An_assigned_clock_is_its_guests_own_on_VT_x() => Play("bochs", "clock", 600, "rtc");

    /// <summary>By the register that the FADT names, with its value, before any of a PC's older ways.</summary>
    [Fact]
    public void A_guest_whose_policy_says_so_resets_the_board_by_its_reset_register()
    {
        string manifest = PcBoard.Manifest(
            "faulty: {cpus: [0], memory: 4 MiB, slot: 256 KiB, restart: {on: [], then: board-reset}, kernel: {project: probe, cmdline: scenario=triple}}");
        string log = Path.Combine(Path.GetDirectoryName(manifest)!, "stores.txt");
        (int exit, string output) = Board.Bulkhead(
            "run", manifest, "--timeout", "90", "--expect", "bulkhead=(?s)Bulkhead: appliance test.*Bulkhead: appliance test",
            "--", "-D", log, "-trace", "memory_region_ops_write");
        Assert.True(exit == 0, output);
        // QEMU's FADT has 0Fh for port CF9h.
        Assert.Contains("value 0xf ", File.ReadLines(log).First(line => line.Contains("'lpc-reset-control'")));
    }

    private static void Play(string board, string scenario, int seconds, string devices = "")
    {
        (int exit, string output) = Board.Bulkhead(
            "run", PcBoard.Manifest(PcBoard.Probe("probe", 0, scenario, devices)), "--board", board, "--timeout", $"{seconds}", "--expect", $"probe=probe: {scenario} done");
        Assert.True(exit == 0, output);
    }
}
