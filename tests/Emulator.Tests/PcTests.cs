using Bulkhead.ImageBuilder.Formats;
using Bulkhead.ImageBuilder.Packages;
using Xunit;

namespace Bulkhead.Emulator.Tests;

/// <summary>One image for a PC: in QEMU with AMD-V, started by BIOS, UEFI and -kernel; for Bochs see BochsTests.</summary>
[Collection("emulator")]
public class PcTests
{
    private const string Beats = @"pulse: t=2s periods=\d+ misses=\d+";

    [Fact]
    public void Both_shells_answer_and_pulse_reports()
    {
        (int exit, string output) = Board.Bulkhead(
            "run", "--board", "qemu-q35", "--image", PcBoard.Demo, "--timeout", "300",
            "--expect", "gateway=gateway is up, 2 CPUs online", "--expect", "app=app is up, 1 CPUs online",
            "--expect", "gateway=# ", "--send", "gateway=echo $((6*7)); uname -m\\n", "--expect", "gateway=42[\\r\\n]+x86_64",
            // The board's clock, which only it was given.
            "--send", "gateway=cat /sys/class/rtc/rtc0/name /proc/driver/rtc\\n", "--expect", "gateway=rtc_cmos", "--expect", "gateway=rtc_date\\s+: 20",
            "--expect", "app=# ", "--send", "app=echo $((6*9)); hostname\\n", "--expect", "app=54[\\r\\n]+app",
            "--expect", $"pulse={Beats}");
        Assert.True(exit == 0, output);
        Assert.DoesNotContain("BUG:", output);
    }

    [Fact]
    public void Its_first_stage_is_inspected()
    {
        string image = PcBoard.Build(PcBoard.Pulses("one"));
        (int exit, string output) = Board.Bulkhead("inspect", image);
        Assert.True(exit == 0, output);
        Assert.Matches(@"first-stage: [0-9.]+ KiB, intact\n +sha256 [0-9a-f]{64}\n", output);
        ulong start = Gpt.Read(File.ReadAllBytes(image)).Single(one => one.Name == "first-stage").Offset;
        using (FileStream file = File.OpenWrite(image))
        {
            file.Position = (long)start + 4096;
            file.WriteByte(0);
        }
        (exit, output) = Board.Bulkhead("inspect", image);
        Assert.Equal(1, exit);
        Assert.Contains("first-stage: no first stage of ours", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--uefi")]
    [InlineData("--via-kernel")]
    public void The_image_starts_in_other_ways(string how)
    {
        string manifest = PcBoard.Pulses("one", "two");
        (int exit, string output) = Board.Bulkhead("run", manifest, how, "--timeout", "120", "--expect", $"one={Beats}", "--expect", $"two={Beats}");
        Assert.True(exit == 0, output);
    }

    [Fact]
    public void A_bzImage_taken_whole_finds_what_it_is_told()
    {
        string manifest = PcBoard.Manifest("whole: {cpus: [0], memory: 256 MiB, slot: 16 MiB, kernel: {file: vmlinuz, cmdline: 'console={console} told-by-bulkhead'}}");
        File.Copy(PcBoard.Kernel, Path.Combine(Path.GetDirectoryName(manifest)!, "vmlinuz"));
        // It has no root file system; until it says so it has unpacked itself, read its zero page and the ACPI tables.
        (int exit, string output) = Board.Bulkhead(
            "run", manifest, "--timeout", "200", "--expect", "whole=Command line: console=ttyS0 told-by-bulkhead",
            "--expect", "whole=ACPI: RSDP 0x00000000000F7000", "--expect", "whole=Unable to mount root fs");
        Assert.True(exit == 0, output);
    }

    [Fact]
    public void A_wrong_digest_keeps_that_guest_out_and_lets_the_others_run()
    {
        string manifest = PcBoard.Pulses("bad", "good"), image = PcBoard.Build(manifest);
        Damage(image, "bad-a", 4096 + 1000);
        (int exit, string output) = Board.Bulkhead(
            "run", manifest, "--image", image, "--timeout", "120", "--expect", "bulkhead=bad: not started: its package was refused", "--expect", $"good={Beats}");
        Assert.True(exit == 0, output);
    }

    [Fact]
    public void A_damaged_hypervisor_gives_way_to_the_other_slot()
    {
        string manifest = PcBoard.Pulses("one"), image = PcBoard.Build(manifest);
        byte[] bytes = File.ReadAllBytes(image);
        IReadOnlyList<GptPartition> partitions = Gpt.Read(bytes);
        GptPartition a = partitions.Single(partition => partition.Name == "hypervisor-a"), b = partitions.Single(partition => partition.Name == "hypervisor-b");
        bytes.AsSpan((int)a.Offset, (int)a.Size).CopyTo(bytes.AsSpan((int)b.Offset));
        bytes[(int)a.Offset + 4096 + 0x3000] ^= 1;
        File.WriteAllBytes(image, bytes);
        (int exit, string output) = Board.Bulkhead("run", manifest, "--image", image, "--timeout", "120", "--expect", $"one={Beats}");
        Assert.True(exit == 0, output);
        Assert.Contains("first stage: hypervisor slot a has another digest than its header says", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_builds_from_two_places_are_the_same_bytes_and_sgdisk_accepts_them()
    {
        string first = PcBoard.Build(PcBoard.Pulses("one")), second = PcBoard.Build(PcBoard.Pulses("one"));
        Assert.Equal(File.ReadAllBytes(first), File.ReadAllBytes(second));
        Assert.Contains("No problems found", Tool.Run("/usr/sbin/sgdisk", ["-v", first]));
        string table = Tool.Run("/usr/sbin/sgdisk", ["-p", first]);
        Assert.Matches(@"EF02\s+bios-boot", table);
        Assert.Matches(@"EF00\s+esp", table);
        Assert.Equal(0, Board.Bulkhead("inspect", first).Exit);
    }

    private static void Damage(string image, string partition, ulong at)
    {
        ulong offset = Gpt.Read(File.ReadAllBytes(image)).Single(found => found.Name == partition).Offset;
        using FileStream file = File.OpenWrite(image);
        file.Position = (long)(offset + at);
        file.WriteByte(0xa5);
    }
}
