using Bulkhead.ImageBuilder.Packages;
using Xunit;

namespace Bulkhead.Emulator.Tests;

/// <summary>A board that is not what its file says: refused at boot, with what the file says and what the device tree says.</summary>
[Collection("emulator")]
public class BoardFactsTests
{
    [Theory]
    [InlineData("number of CPUs", "0x4", "0x2", "-smp", "2")]
    [InlineData("end of a RAM range", "0xc0000000", "0x80000000", "-m", "1G")]
    public void A_smaller_machine_is_refused(string fact, string board, string tree, params string[] qemu) => Refused(fact, board, tree, qemu);

    [Theory]
    [InlineData("address of the UART", "0x9000000", "0x9050000", "reg = <0x00 0x9000000 ", "reg = <0x00 0x9050000 ")]
    [InlineData("INTID of the UART", "0x21", "0x27", "interrupts = <0x00 0x01 0x04>", "interrupts = <0x00 0x07 0x04>")]
    [InlineData("address of the GIC distributor", "0x8000000", "0x8100000", "reg = <0x00 0x8000000 ", "reg = <0x00 0x8100000 ")]
    [InlineData("MPIDR of a CPU", "0x3", "0x103", "reg = <0x03>", "reg = <0x103>")]
    public void A_tree_that_says_otherwise_is_refused(string fact, string board, string found, string said, string instead)
    {
        string folder = Directory.CreateTempSubdirectory("bulkhead-facts").FullName, tree = Path.Combine(folder, "board.dtb"), text = Path.Combine(folder, "board.dts");
        Tool.Run("qemu-system-aarch64", ["-M", $"virt,virtualization=on,gic-version=3,secure=off,dumpdtb={tree}", "-cpu", "cortex-a57", "-smp", "4", "-m", "2G", "-display", "none"]);
        string source = Tool.Run("dtc", ["-q", "-I", "dtb", "-O", "dts", tree]);
        Assert.Contains(said, source);
        File.WriteAllText(text, source.Replace(said, instead));
        Tool.Run("dtc", ["-q", "-I", "dts", "-O", "dtb", "-o", tree, text]);
        Refused(fact, board, found, "-dtb", tree);
    }

    private static void Refused(string fact, string board, string tree, params string[] qemu)
    {
        (int exit, string output) = Board.Bulkhead(
            ["run", Board.Probes(("probe", 1, "hello")), "--timeout", "240", "--expect", $"bulkhead=refused: {fact}: the board file says {board}, the device tree says {tree}", "--", .. qemu]);
        Assert.True(exit == 0, output);
        Assert.DoesNotContain("probe: starts", output);
    }
}
