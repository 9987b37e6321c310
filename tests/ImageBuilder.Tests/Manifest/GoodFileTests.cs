using System.Security.Cryptography;
using Bulkhead.ImageBuilder.Diagnostics;
using Bulkhead.ImageBuilder.Layout;
using Bulkhead.ImageBuilder.Manifest;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.Partitions;
using Xunit;

namespace Bulkhead.ImageBuilder.Tests.Manifest;

public class GoodFileTests
{
    [Fact]
    public void DemoIsWhatTheReadmeSays()
    {
        Appliance demo = Load.Demo();
        Assert.Equal(("demo", "qemu-virt-arm64"), (demo.Name, demo.Board.Name));
        Assert.Equal(["gateway", "app", "pulse"], demo.Guests.Select(g => g.Name));
        Assert.Equal([256 * Units.MiB, 192 * Units.MiB, 16 * Units.MiB], demo.Guests.Select(g => g.Memory.Size));
        Assert.Equal([0, 1, 2, 3], demo.Guests.SelectMany(g => g.Cpus));
        Assert.Equal("rtc", Assert.Single(demo.Guests[0].Devices).Name);
        Assert.Equal("pulse", Assert.IsType<KernelPayload>(demo.Guests[2].Payload).Project);
        Assert.Equal(SHA256.HashData(File.ReadAllBytes(demo.ManifestPath)), demo.ManifestDigest);
        Assert.All(demo.Guests, g => Assert.Equal(0x4000_0000ul, g.Memory.GuestBase));
    }

    [Fact]
    public void DemoIsClearOfAnImageStartedFromRam()
    {
        Appliance demo = Load.Demo();
        AddressRange image = demo.Board.BootImage!.Value;
        Assert.All(demo.Guests, g => Assert.True(g.Memory.HostBase >= image.End || g.Memory.HostBase + g.Memory.Size <= image.Base));
    }

    [Fact]
    public void BoardIsReadInFull()
    {
        Board board = Load.Good("everything").Board;
        Assert.Equal([0x0ul, 0x1ul, 0x100ul, 0x101ul], board.CpuIds);
        Assert.Equal(new AddressRange(0x8000_0000, 2 * Units.GiB), board.Ram[1]);
        Assert.Equal(new AddressRange(0x4020_0000, 2 * Units.MiB), board.HypervisorRam);
        Assert.Equal(new BoardUart(0x1c09_0000, 50), board.Arm64.Uart);
        Assert.Equal(new BoardGic(0x2f00_0000, 0x2f10_0000, 0x2_0000), board.Arm64.Gic);
        Assert.Equal(64 * Units.KiB, board.EraseBlock);
        BoardDevice rtc = board.Devices[0];
        Assert.Equal("arm,pl031 arm,primecell", rtc.Compatible);
        Assert.Equal(["apb_pclk"], rtc.ClockNames);
        Assert.Equal(new BoardInterrupt(41, Edge: true), Assert.Single(board.Devices.Single(d => d.Name == "timer-1").Interrupts));
        Assert.Null(board.Qemu);
    }

    [Fact]
    public void EveryKeyIsRead()
    {
        Appliance appliance = Load.Good("everything");
        Assert.False(appliance.Management);
        Guest first = appliance.Guests[0];
        Assert.Equal([3, 0], first.Cpus);
        Assert.Equal(new GuestMemory(0x8000_0000, 0x9000_0000, 64 * Units.MiB), first.Memory);
        Assert.Equal(6 * Units.MiB, first.SlotSize);
        Assert.False(first.AutoStart);
        Assert.Equal([1, 2], first.After);
        Assert.Equal(
            (RestartReasons.Crash | RestartReasons.Off, 2000u, 3u, 600u, 1u, LastResort.BoardReset),
            (first.Restart.On, first.Restart.DelayMilliseconds, first.Restart.Limit, first.Restart.WindowSeconds, first.Restart.Fallback, first.Restart.Last));
        Assert.Equal(new GicPlatform(0x2000_0000, 0x2100_0000, 0x2200_0000, 100, 128) { Watchdog = (0x2300_0000, 0x2301_0000, 101), ControlUart = (0x2400_0000, 102) }, first.Platform);
        Assert.Equal([true, false, false], appliance.Guests.Select(guest => guest.IsControl));
        Assert.Equal([0x2500_0000, 0, 0], appliance.Guests.Select(guest => guest.Mailbox));
        Assert.Equal(0x8000_0000 + 64 * Units.MiB - 64 * Units.KiB, GuestRam.MailboxBuffer(first));
        Assert.Equal((10_000u, 2_500u, 120_000u), (first.Watchdog.Timeout, first.Watchdog.PreTimeout, first.Watchdog.Boot));
        Guest second = appliance.Guests[1];
        Assert.Equal((3_000u, 1_500u, 0u), (second.Watchdog.Timeout, second.Watchdog.PreTimeout, second.Watchdog.Boot));
        Assert.Equal(new GicPlatform(0x0800_0000, 0x080a_0000, 0x0900_0000, 33, 64) { Watchdog = (0x090c_0000, 0x090d_0000, 47) }, second.Platform);
        Assert.False(appliance.Guests[2].HasWatchdog);
        LinuxPayload linux = Assert.IsType<LinuxPayload>(first.Payload);
        Assert.Equal(("linux-image-cloud-arm64", "console=ttyAMA0 quiet", false), (linux.Package, linux.CommandLine, linux.Compress));
        Assert.Equal(["virtio_net", "8021q"], linux.Initramfs.Modules);
        Assert.Equal(["/a", "/etc/motd"], linux.Initramfs.Files.Keys);
        Assert.Equal(Path.Combine(TestFiles.Folder, "files", "motd.txt"), linux.Initramfs.Files["/etc/motd"]);
        Assert.Equal("echo hello\nsleep 1\n", linux.Initramfs.InitScript);

        KernelPayload kernel = Assert.IsType<KernelPayload>(appliance.Guests[1].Payload);
        Assert.Equal(Path.Combine(TestFiles.Folder, "files", "Image"), kernel.File);
        Assert.Equal((null, "", true), (kernel.Project, kernel.CommandLine, kernel.Compress));
        Assert.Equal([1], appliance.Guests[1].Cpus);
        Assert.Equal(16 * Units.MiB, appliance.Guests[1].Memory.Size);
    }

    [Fact]
    public void DefaultsAreQemusMap()
    {
        Guest third = Load.Good("everything").Guests[2];
        Assert.Equal(new GicPlatform(0x0800_0000, 0x080a_0000, 0x0900_0000, 33, 224), third.Platform);
        Assert.Equal(2 * Units.MiB, third.SlotSize);
        Assert.Equal(
            (RestartReasons.Crash | RestartReasons.Reset | RestartReasons.Watchdog, 100u, 5u, 60u, 0u, LastResort.SafeStop),
            (third.Restart.On, third.Restart.DelayMilliseconds, third.Restart.Limit, third.Restart.WindowSeconds, third.Restart.Fallback, third.Restart.Last));
        Assert.Equal([1], third.After);
        KernelPayload kernel = Assert.IsType<KernelPayload>(third.Payload);
        Assert.Equal((null, "hello", false), (kernel.File, kernel.Project, kernel.Compress));
    }

    [Fact]
    public void ApplianceForBothArchitectures()
    {
        Appliance pc = Load.Good("pc");
        Assert.Equal(("pc", CpuArchitecture.X86_64, 64 * Units.MiB, 256 * Units.KiB), (pc.Board.Name, pc.Board.Architecture, pc.Board.ImageSize, pc.Board.EraseBlock));
        Assert.Equal([0ul, 2ul], pc.Board.CpuIds);
        Assert.Equal(new PcParts(0x7fff_ffff_f000, 0x7fff_ffff_e000, 0x2f8, 3, 0x170, 0x376), pc.Board.Pc);
        Assert.Equal(new BochsBoard("ryzen", Units.GiB, 1_000_000), pc.Board.Bochs);
        Assert.Equal(["-no-reboot"], pc.Board.Qemu!.Arguments);
        Assert.Equal(new PcPlatform(0xfed0_0000, 0xfed0_1000, 0x2e8, 5, 0xb000, 0xb004) { ControlUart = (0x3e8, 6) }, pc.Guests[0].Platform);
        Assert.Equal(new PcPlatform(0xfee0_0000, 0xfec0_0000, 0x3f8, 4, 0x600, 0x604), pc.Guests[1].Platform);
        LinuxPayload linux = Assert.IsType<LinuxPayload>(pc.Guests[0].Payload);
        Assert.Equal(("linux-image-amd64", "quiet console=ttyS0,115200"), (linux.Package, linux.CommandLine));
        Assert.Equal("console=ttyS0", pc.Guests[1].Payload.CommandLine);
        Assert.Empty(pc.Guests[1].Devices);
        ulong host = pc.Guests[0].Memory.HostBase;
        Assert.Equal([new(0, host, 3 * Units.GiB), new(4 * Units.GiB, host + 3 * Units.GiB, Units.GiB)], GuestRam.Of(pc.Guests[0]));
        // The mailbox's buffer is the end of all, and below it is what the kernel hears of.
        Assert.Equal((0xfeb0_0000, 5 * Units.GiB - 64 * Units.KiB), (pc.Guests[0].Mailbox, GuestRam.MailboxBuffer(pc.Guests[0])));
        Assert.Equal([new(0, host, 3 * Units.GiB), new(4 * Units.GiB, host + 3 * Units.GiB, Units.GiB - 64 * Units.KiB)], GuestRam.ForKernel(pc.Guests[0]));

        Appliance arm64 = Load.Good("pc", "small", text => text.Replace("4 GiB", "1 GiB"));
        linux = Assert.IsType<LinuxPayload>(arm64.Guests[0].Payload);
        Assert.Equal(("linux-image-arm64", "quiet console=ttyAMA0,115200"), (linux.Package, linux.CommandLine));
        Assert.Equal("rtc", Assert.Single(arm64.Guests[1].Devices).Name);
        Assert.Equal(new GuestRange(0x8000_0000, arm64.Guests[0].Memory.HostBase, Units.GiB), Assert.Single(GuestRam.Of(arm64.Guests[0])));
    }

    [Fact]
    public void DemoIsOneImageForQemuAndBochs()
    {
        Appliance q35 = Load.Demo("qemu-q35"), bochs = Load.Demo("bochs");
        Assert.Equal("qemu-q35", bochs.Board.Name);
        Assert.Equal(q35.Board with { Qemu = null, Bochs = null, CpuIds = [], Ram = [], Devices = [] }, bochs.Board with { Qemu = null, Bochs = null, CpuIds = [], Ram = [], Devices = [] });
        Assert.Equal((true, false, false, true), (q35.Board.Qemu is not null, q35.Board.Bochs is not null, bochs.Board.Qemu is not null, bochs.Board.Bochs is not null));
        ImageLayout layout = new(q35);
        Assert.Equal(TableBuilder.Build(q35, layout), TableBuilder.Build(bochs, layout));
        Assert.All(q35.Guests, guest => Assert.Equal(0ul, guest.Memory.GuestBase));
    }

    [Fact]
    public void LargeGuestGoesWhereLargeBlocksMapIt()
    {
        Appliance large = Load.Good("large");
        Assert.Equal(0x4040_0000ul, large.Guests[0].Memory.HostBase);
        Assert.Equal(0xc000_0000ul, large.Guests[1].Memory.HostBase);
    }

    [Fact]
    public void ImagesPlaceIsGivenUpWhenThereIsNoOther() => Assert.Equal(0x8000_0000ul, Load.Good("full").Guests[1].Memory.HostBase);

    [Fact]
    public void BoardOptionWins()
    {
        string text = File.ReadAllText(Path.Combine(TestFiles.Folder, "Good", "large.yaml")).Replace("board: small", "board: idle");
        (Appliance? appliance, DiagnosticBag bag) = Load.Text(text, board: "small");
        Assert.False(bag.HasErrors, Load.Render(bag));
        Assert.Equal("small", appliance!.Board.Name);
    }

    [Fact]
    public void UnknownBoardOptionIsReportedAtTheFile()
    {
        (Appliance? appliance, DiagnosticBag bag) = Load.Text("appliance: x\nboard: small\nguests: {}\n", board: "../Boards/small");
        Assert.Null(appliance);
        Assert.Contains(bag.All, d => d.Code == "BH0101" && d.Span.Line == 0);
    }

    [Theory]
    [InlineData("/no/such/folder/appliance.yaml")]
    [InlineData("/tmp")]
    public void UnreadableFileIsReported(string path)
    {
        DiagnosticBag bag = new();
        Assert.Null(ApplianceLoader.Load(path, TestFiles.Boards, null, bag));
        Assert.Equal("BH0001", Assert.Single(bag.All).Code);
    }

    [Fact]
    public void HugeFileIsRefusedUnread()
    {
        (Appliance? appliance, DiagnosticBag bag) = Load.Text(new string('#', SourceFile.MaxBytes + 1));
        Assert.Null(appliance);
        Assert.Equal("BH0001", Assert.Single(bag.All).Code);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing but a comment\n")]
    public void EmptyFileIsReported(string text)
    {
        (Appliance? appliance, DiagnosticBag bag) = Load.Text(text);
        Assert.Null(appliance);
        Assert.Equal("BH0009", Assert.Single(bag.All).Code);
    }
}
