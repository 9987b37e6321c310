using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Bulkhead.Boot;
using Bulkhead.ImageBuilder.Diagnostics;
using Bulkhead.ImageBuilder.Formats;
using Bulkhead.ImageBuilder.Report;
using Bulkhead.ImageBuilder.Tests.Manifest;
using Bulkhead.Partitions;
using Xunit;
using Crc32 = Bulkhead.ImageBuilder.Formats.Crc32;

namespace Bulkhead.ImageBuilder.Tests.Report;

/// <summary>Whatever happens to an image, it is looked at, and what is wrong is named with a code.</summary>
public class DamagedImageTests
{
    private const int HeaderDigested = 16 + 32;

    private static readonly SchemaCheck Schema = SchemaCheck.Read("inspect");
    private static readonly GptPartition Table = SampleImage.Layout.TableA;
    private static readonly GptPartition Plain = SampleImage.Layout.Slots[0].A;
    private static readonly int TableSize = Unsafe.SizeOf<ApplianceTable>(), PackageSize = Unsafe.SizeOf<PackageHeader>();

    /// <summary>Every byte that means something and is under a checksum or has one right value.</summary>
    private static readonly (string Name, ulong Offset, int Size)[] Checked =
    [
        ("reset block", 0, 64), ("MBR", 440, 72), ("GPT header", 512, 92), ("GPT entries", 1024, 128 * 128),
        ("backup header", (8 << 20) - 512, 92), ("backup entries", (8 << 20) - 33 * 512, 128 * 128),
        ("first stage", SampleImage.Layout.FirstStage.Offset, 1000),
        ("hypervisor header", SampleImage.Layout.HypervisorA.Offset, Unsafe.SizeOf<HypervisorHeader>()),
        ("hypervisor", SampleImage.Layout.HypervisorA.Offset + HypervisorHeader.StoredSize, 1000),
        ("table", Table.Offset, TableSize), ("package header", Plain.Offset, PackageSize),
        ("kernel", Plain.Offset + PackageHeader.StoredSize, 64),
    ];

    [Fact]
    public void NoFlippedBitPassesUnnamed()
    {
        Random random = new(3);
        byte[] image = SampleImage.Bytes;
        foreach ((string name, ulong offset, int size) in Checked)
        {
            for (int round = 0; round < Math.Min(size, 150); round++)
            {
                int at = (int)offset + (size <= 150 ? round : random.Next(size)), bit = random.Next(8);
                image[at] ^= (byte)(1 << bit);
                Assert.True(Survive(image).Problems.Count != 0, $"{name}: bit {bit} of byte {at - (int)offset}");
                image[at] ^= (byte)(1 << bit);
            }
        }
        Assert.Empty(Survive(image).Problems);
    }

    [Fact]
    public void EveryTruncationIsNamed()
    {
        byte[] image = SampleImage.Bytes;
        Random random = new(4);
        IEnumerable<int> near = Checked.SelectMany(part => new[] { -1, 0, 1, 63, part.Size - 1, part.Size }.Select(by => (int)part.Offset + by));
        foreach (int length in near.Concat(Enumerable.Range(0, 300).Select(_ => random.Next(image.Length))).Where(n => n >= 0 && n < image.Length))
            Assert.True(Survive(image.AsMemory(0, length)).Problems.Count != 0, $"{length} bytes");
    }

    /// <summary>Damage under a digest that was made to fit: no check stands before the report any more.</summary>
    [Fact]
    public void AbsurdTablesAreShown()
    {
        Random random = new(5);
        byte[] whole = SampleImage.Bytes;
        for (int round = 0; round < 1500; round++)
        {
            byte[] image = round % 100 == 0 ? whole = SampleImage.Bytes : whole;
            Span<byte> table = image.AsSpan((int)Table.Offset, TableSize);
            byte[] kept = table.ToArray();
            Damage(random, table[HeaderDigested..]);
            // As the magic, version and size are, it is read as a table of this form.
            SHA256.HashData(table[HeaderDigested..], table[16..]);
            Survive(image);
            kept.CopyTo(table);
        }
    }

    [Fact]
    public void AbsurdPackagesAreShown()
    {
        Random random = new(6);
        byte[] image = SampleImage.Bytes;
        foreach (GptPartition slot in SampleImage.Layout.Slots.Select(slots => slots.A))
        {
            for (int round = 0; round < 400; round++)
            {
                Span<byte> stored = image.AsSpan((int)slot.Offset, (int)slot.Size);
                byte[] kept = stored.ToArray();
                Damage(random, round % 2 == 0 ? stored[HeaderDigested..PackageSize] : stored[PackageHeader.StoredSize..]);
                SHA256.HashData(stored[HeaderDigested..PackageSize], stored[16..]);
                Survive(image);
                kept.CopyTo(stored);
            }
        }
    }

    [Fact]
    public void AbsurdPartitionTablesAreShown()
    {
        Random random = new(7);
        byte[] image = SampleImage.Bytes;
        for (int round = 0; round < 400; round++)
        {
            Span<byte> gpt = image.AsSpan(0, 34 * 512);
            byte[] kept = gpt.ToArray();
            Damage(random, round % 2 == 0 ? gpt.Slice(1024, 16 * 128) : gpt.Slice(512 + 24, 92 - 24));
            BitConverter.TryWriteBytes(gpt[(512 + 88)..], Crc32.Compute(gpt[1024..]));
            gpt.Slice(512 + 16, 4).Clear();
            BitConverter.TryWriteBytes(gpt[(512 + 16)..], Crc32.Compute(gpt.Slice(512, 92)));
            Survive(image);
            kept.CopyTo(gpt);
        }
    }

    [Fact]
    public void OtherFilesAreNoImages()
    {
        byte[] noise = new byte[100_000];
        new Random(8).NextBytes(noise);
        foreach (byte[] file in new[] { [], [0], new byte[512], new byte[1 << 20], noise, "appliance: mine\n"u8.ToArray() })
        {
            ImageReport report = Survive(file);
            Assert.Equal("BH0301", Assert.Single(report.Problems).Code);
        }
    }

    [Theory]
    [InlineData("GPT header", "BH0302")]
    [InlineData("backup entries", "BH0302")]
    [InlineData("MBR", "BH0302")]
    [InlineData("reset block", "BH0305")]
    [InlineData("first stage", "BH0305")]
    [InlineData("hypervisor", "BH0305")]
    [InlineData("table", "BH0306")]
    [InlineData("package header", "BH0308")]
    [InlineData("kernel", "BH0309")]
    public void EachKindOfDamageHasItsCode(string part, string code)
    {
        byte[] image = SampleImage.Bytes;
        image[(int)Checked.Single(c => c.Name == part).Offset + 60] ^= 4;
        Assert.Equal([code], Survive(image).Problems.Select(problem => problem.Code).Distinct());
    }

    [Fact]
    public void WrongLengthsHaveTheirCode()
    {
        Assert.Contains(Survive(SampleImage.Bytes.AsMemory(0, 7 << 20)).Problems, problem => problem.Code == "BH0303");
        Assert.Contains(Survive((byte[])[.. SampleImage.Bytes, 0]).Problems, problem => problem.Code == "BH0303");
    }

    [Fact]
    public void AnotherDisksPartitionsHaveTheirCodes()
    {
        byte[] image = SampleImage.Bytes;
        Gpt.Write(image, [.. SampleImage.Layout.Partitions.Where(p => p.Name != "state-0").Select(p => p.Name == "plain-b" ? p with { Size = p.Size / 2 } : p)], [1], image.AsSpan(0, 440).ToArray());
        Assert.Equal(["BH0307"], Survive(image).Problems.Select(problem => problem.Code));
        Gpt.Write(image, [new GptPartition("EFI System", 1 << 20, 1 << 20)], [1], image.AsSpan(0, 440).ToArray());
        Assert.Equal(["BH0304"], Survive(image).Problems.Select(problem => problem.Code).Distinct());
    }

    [Fact]
    public void TheOtherTableIsShownWhenTheFirstIsRefused()
    {
        byte[] image = SampleImage.Bytes;
        image.AsSpan((int)Table.Offset, TableSize).CopyTo(image.AsSpan((int)SampleImage.Layout.TableB.Offset));
        image[(int)Table.Offset + 300] ^= 1;
        ImageReport report = Survive(image);
        Assert.Equal("table-b", report.Table);
        Assert.Equal("table-a", Assert.Single(report.Problems).Where);
    }

    /// <summary>Some bits flipped, or some fields made very large or zero.</summary>
    private static void Damage(Random random, Span<byte> bytes)
    {
        ReadOnlySpan<byte> fill = [0, 0xff, 0x7f, 0x80, 1];
        for (int i = random.Next(1, 8); i > 0; i--)
        {
            int at = random.Next(bytes.Length);
            if (random.Next(2) == 0)
                bytes[at] ^= (byte)(1 << random.Next(8));
            else
                bytes.Slice(at & ~7, Math.Min(8, bytes.Length - (at & ~7))).Fill(fill[random.Next(fill.Length)]);
        }
    }

    private static ImageReport Survive(ReadOnlyMemory<byte> image)
    {
        ImageReport report = ImageReport.Read(image);
        string text = ReportText.Of(report, colour: false);
        Assert.DoesNotContain(text, c => c is < ' ' and not '\n' or > '~');
        Assert.Equal([], Schema.Errors(JsonNode.Parse(report.ToJson())));
        Assert.All(report.Problems, problem => Assert.Contains(ImageDiagnostics.All, kind => kind.Code == problem.Code));
        return report;
    }
}
