using Bulkhead.ImageBuilder.Commands;
using Bulkhead.ImageBuilder.Formats;
using Bulkhead.ImageBuilder.Packages;
using Bulkhead.ImageBuilder.Qemu;
using Bulkhead.ImageBuilder.Tests.Manifest;
using Xunit;

namespace Bulkhead.ImageBuilder.Tests.Qemu;

public class EmulatorChoiceTests
{
    private static readonly EmulatorOptions Usual = new(null, null, false, false, []);
    private static readonly ToolRoot Tools = new(Path.GetTempPath(), new Progress<string>());

    [Fact]
    public void EachBoardHasItsEmulator()
    {
        Assert.Equal((QemuCommandLine.Program, Purpose.Run), Choose("qemu-virt-arm64", Usual));
        (string program, Purpose needs) = Choose("qemu-q35", Usual with { Qemu = "/somewhere/qemu" });
        Assert.Equal(("/somewhere/qemu", Purpose.RunPc), (program, needs));
        Assert.Equal((BochsMachine.Program, Purpose.RunBochs), Choose("bochs", Usual));
        Assert.Equal(("/somewhere/bochs", Purpose.RunBochs), Choose("bochs", Usual with { Bochs = "/somewhere/bochs" }));
    }

    [Theory]
    [InlineData("qemu-virt-arm64")]
    [InlineData("qemu-q35")]
    public void OnlyBochsBoardTakesABochs(string board) =>
        Assert.Contains("--board bochs", Assert.Throws<BuildException>(() => Choose(board, Usual with { Bochs = "bochs" })).Message);

    [Fact]
    public void WhatAnEmulatorCannotDoIsSaid()
    {
        Assert.Throws<BuildException>(() => Choose("bochs", Usual with { Uefi = true }));
        Assert.Throws<BuildException>(() => Choose("bochs", Usual with { ViaKernel = true }));
        Assert.Throws<BuildException>(() => Choose("bochs", Usual with { Qemu = "10.0" }));
        Assert.Throws<BuildException>(() => Choose("qemu-virt-arm64", Usual with { Uefi = true }));
        Assert.Throws<BuildException>(() => Choose("qemu-q35", Usual with { Uefi = true, ViaKernel = true }));
    }

    [Fact]
    public void PcHasTheImageAsItsFirstDiskAndForgetsWhatIsWritten()
    {
        IReadOnlyList<string> words = QemuPcCommandLine.Make(Load.Demo("qemu-q35").Board, "a,b.img", null, false, false, ["-s"]);
        Assert.Contains("if=none,id=disk,format=raw,snapshot=on,file=a,,b.img", words);
        Assert.Contains("ide-hd,drive=disk,bus=ide.0", words);
        Assert.Equal("-s", words[^1]);
        Assert.DoesNotContain("-bios", words);
        Assert.Contains(QemuPcCommandLine.Ovmf, QemuPcCommandLine.Make(Load.Demo("qemu-q35").Board, "x", null, true, false, []));
        Assert.Equal(["-kernel", "first.elf"], QemuPcCommandLine.Make(Load.Demo("qemu-q35").Board, "x", "first.elf", false, false, []).TakeLast(2));
    }

    [Fact]
    public void PcStartsTheImagesOwnFirstStageByKernel()
    {
        EmulatorChoice choice = EmulatorChoice.Of(Load.Demo("qemu-q35").Board, "demo.img", Usual with { ViaKernel = true }, Tools);
        Assert.Equal(["-kernel", FirstStageFile.PathOf("demo.img")], choice.Machine.Command.TakeLast(2));
    }

    [Fact]
    public void OnlyAnImageWithAFirstStageStartsByKernel()
    {
        string image = Path.GetTempFileName();
        try
        {
            byte[] disk = new byte[1 << 20];
            Gpt.Write(disk, [], "empty"u8, default);
            File.WriteAllBytes(image, disk);
            Assert.Contains("inspect", Assert.Throws<BuildException>(() => FirstStageFile.Write(image)).Message, StringComparison.Ordinal);
            Assert.False(File.Exists(FirstStageFile.PathOf(image)));
        }
        finally
        {
            File.Delete(image);
        }
    }

    [Fact]
    public void BochsHasTheBoardsCpusAndTheUsersLinesLast()
    {
        IReadOnlyList<string> words = new BochsMachine("/no/such/bochs", Load.Demo("bochs").Board, "/tmp/x.img", ["magic_break: enabled=1"]).Command;
        Assert.Contains(words, word => word.StartsWith("cpu: model=corei7_icelake_u, count=4, quantum=32, ips=50000000", StringComparison.Ordinal));
        Assert.Contains("ata0-master: type=disk, path=\"/tmp/x.img\", mode=volatile, cylinders=0, heads=0, spt=0", words);
        Assert.Contains("ata0: enabled=1, ioaddr1=0x1f0, ioaddr2=0x3f0, irq=14", words);
        Assert.Equal("magic_break: enabled=1", words[^1]);
    }

    private static (string Program, Purpose Needs) Choose(string board, EmulatorOptions options)
    {
        EmulatorChoice choice = EmulatorChoice.Of(Load.Demo(board).Board, "demo.img", options, Tools);
        return (choice.Machine.Command[0], choice.Needs);
    }
}
