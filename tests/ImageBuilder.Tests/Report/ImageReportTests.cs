using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Bulkhead.ImageBuilder.Report;
using Bulkhead.ImageBuilder.Tests.Manifest;
using Xunit;

namespace Bulkhead.ImageBuilder.Tests.Report;

/// <summary>A sound image: what the report says is what the manifest asked for.</summary>
public class ImageReportTests
{
    private static readonly ImageReport Read = ImageReport.Read(SampleImage.Bytes);

    [Fact]
    public void NothingIsWrong()
    {
        Assert.Equal([], Read.Problems);
        Assert.Equal("sample", Read.Appliance);
        Assert.Equal("table-a", Read.Table);
        Assert.Equal(Convert.ToHexStringLower(SampleImage.Appliance.ManifestDigest), Read.ManifestSha256);
        Assert.All(Read.Programs, program => Assert.True(program.Intact));
        Assert.Equal(["first-stage", "hypervisor-a"], Read.Programs.Select(program => program.Partition));
    }

    [Fact]
    public void The_black_box_is_on_the_map()
    {
        Assert.Null(Read.Board!.BlackBox);
        ImageReport demo = ImageReport.Plan(Load.Demo("qemu-q35"));
        Assert.Equal(new RangeReport(0x3800_0000, 2 << 20), demo.Board!.BlackBox);
        string text = ReportText.Of(demo, false);
        Assert.Matches(@"(?m)^  0x38000000 +2 MiB  black box$", text);
        Assert.Matches(@"(?m)^  0x31000000  \.{28}#\.+$", text);
    }

    [Fact]
    public void GuestsHaveWhatTheManifestGivesThem()
    {
        GuestReport plain = Read.Guests[0], zipped = Read.Guests[1];
        Assert.Equal([0u, 2u], plain.Cpus);
        Assert.Equal((true, false), (plain.Autostart, zipped.Autostart));
        // Two timers in one page are one mapping.
        Assert.Equal([null, "rtc", "timer-0, timer-1"], plain.Memory.Select(mapping => mapping.Device));
        Assert.Equal([new InterruptReport(34, 34, "level"), new InterruptReport(40, 40, "level"), new InterruptReport(41, 41, "edge")], plain.Interrupts);
        Assert.Equal((8ul, 0ul), (plain.Memory[0].Blocks2Mib, plain.Memory[0].Pages4Kib));
        Assert.Equal(["package", "empty", "package", "empty"],
            Read.Guests.SelectMany(guest => new[] { guest.SlotA.State, guest.SlotB.State }));
        Assert.All(Read.Guests, guest => Assert.Equal(["kernel", "boot_info", "initrd"], guest.SlotA.Package!.Segments.Select(segment => segment.Kind)));
        Assert.Equal(["gzip", "none", "gzip"], zipped.SlotA.Package!.Segments.Select(segment => segment.Compression));
    }

    [Fact]
    public void PlanAndImageAgree()
    {
        ImageReport plan = ImageReport.Plan(SampleImage.Appliance);
        Assert.Equal("plan", plan.Kind);
        Assert.Equal(Read.Flash.Select(partition => partition with { Used = null }), plan.Flash);
        Assert.Equal(JsonSerializer.Serialize(Read.Board), JsonSerializer.Serialize(plan.Board));
        for (int i = 0; i < plan.Guests.Count; i++)
        {
            Assert.Equal(Read.Guests[i].Memory, plan.Guests[i].Memory);
            Assert.Equal(Read.Guests[i].Interrupts, plan.Guests[i].Interrupts);
            Assert.Equal(Read.Guests[i].Arm64, plan.Guests[i].Arm64);
        }
    }

    [Fact]
    public void JsonFitsItsSchema()
    {
        SchemaCheck schema = SchemaCheck.Read("inspect");
        foreach (ImageReport report in new[] { Read, ImageReport.Plan(SampleImage.Appliance), ImageReport.Read("no image"u8.ToArray()) })
            Assert.Equal([], schema.Errors(JsonNode.Parse(report.ToJson())));
    }

    [Fact]
    public void TextFitsATerminalAndNamesEverything()
    {
        string text = ReportText.Of(Read, colour: false);
        Assert.All(text.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
        foreach (string word in SampleImage.Layout.Partitions.Select(partition => partition.Name).Concat(["rtc", "timer-0", "2 MiB", "sha256", "interrupts 34, 40, 41 (edge)"]))
            Assert.Contains(word, text);
        string colours = ReportText.Of(Read, colour: true);
        Assert.Equal(text, Regex.Replace(colours, "\e\\[[0-9]+m", ""));
        Assert.NotEqual(text, colours);
    }

    [Fact]
    public void PictureShowsEachPartitionInItsPlace()
    {
        // 8 MiB in 256 signs: 32 KiB each, so every partition has signs of its own.
        string[] rows = [.. ReportText.Of(Read, colour: false).Split('\n').SkipWhile(line => !line.StartsWith("flash:", StringComparison.Ordinal)).Skip(1).Take(4)];
        string signs = string.Concat(rows.Select(row => row[14..]));
        Assert.Equal(256, signs.Length);
        foreach ((char sign, string name) in new[] { ('A', "plain-a"), ('a', "plain-b"), ('B', "zipped-a"), ('b', "zipped-b") })
        {
            PartitionReport partition = Read.Flash.Single(p => p.Name == name);
            Assert.Equal((int)(partition.Offset >> 15), signs.IndexOf(sign));
            Assert.Equal((int)(partition.Size >> 15), signs.Count(s => s == sign));
        }
    }
}
