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

    private static void Play(string board, string scenario, int seconds)
    {
        (int exit, string output) = Board.Bulkhead(
            "run", PcBoard.Manifest(PcBoard.Probe("probe", 0, scenario)), "--board", board, "--timeout", $"{seconds}", "--expect", $"probe=probe: {scenario} done");
        Assert.True(exit == 0, output);
    }
}
