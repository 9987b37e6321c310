using System.Globalization;
using System.Text;
using Bulkhead.ImageBuilder.Formats;
using Bulkhead.ImageBuilder.Layout;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.ImageBuilder.Tests.Report;
using Xunit;

namespace Bulkhead.ImageBuilder.Tests.Formats;

/// <summary>Our device trees, as the device tree compiler reads them.</summary>
public class DeviceTreeTests
{
    public static TheoryData<int> Seeds => [1, 2, 3, 4, 5, 6];

    /// <summary>The same random tree by our writer and as source by dtc: dtc must not see a difference.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public void WriterAndCompilerAgree(int seed)
    {
        Random random = new(seed);
        DeviceTreeWriter writer = new();
        StringBuilder source = new("/dts-v1/;\n/ {\n");
        writer.Begin("");
        Fill(random, writer, source, 0);
        writer.EndOfNode();
        source.Append("};\n");
        byte[] ours = writer.Finish();
        byte[] theirs = Stock.Filter("dtc", Encoding.ASCII.GetBytes(source.ToString()), "-q", "-I", "dts", "-O", "dtb");
        Assert.Equal(Source(theirs), Source(ours));
        Assert.Contains("totalsize:", Stock.Says("fdtdump", ours, "FILE"));
    }

    [Fact]
    public void GuestsTreesPassEveryCheckOfTheCompiler()
    {
        foreach (Guest guest in SampleImage.Appliance.Guests)
        {
            GuestDeviceTree tree = GuestDeviceTree.Make(guest, "small", new AddressRange(0x4100_0000, 0x1234));
            string text = Source(tree.Bytes);
            Assert.Equal("", Stock.Complains("dtc", tree.Bytes, "-I", "dtb", "-O", "dts", "FILE"));
            Assert.Contains($"model = \"Bulkhead {guest.Name} on small\"", text);
            Assert.Equal(guest.Cpus.Count, text.Split("device_type = \"cpu\"").Length - 1);
            Assert.Equal(guest.Devices.Select(device => device.Name).Order(),
                DeviceTreeNodes.Read(tree.Bytes).Select(node => node.Name.Split('@')[0]).Intersect(SampleImage.Appliance.Board.Devices.Select(device => device.Name)).Order());
            Assert.Contains("linux,initrd-end = <0x00 0x41001234>", text);
        }
    }

    [Fact]
    public void WatchdogIsTheBindings()
    {
        Guest guest = SampleImage.Appliance.Guests[0];
        Assert.DoesNotContain("watchdog", Source(GuestDeviceTree.Make(guest, "small", null).Bytes));
        GicPlatform platform = (GicPlatform)guest.Platform with { Watchdog = (0x090c_0000, 0x090d_0000, 47) };
        GuestDeviceTree tree = GuestDeviceTree.Make(guest with { Platform = platform, Watchdog = new() { Timeout = 9_500 } }, "small", null);
        Assert.Equal("", Stock.Complains("dtc", tree.Bytes, "-I", "dtb", "-O", "dts", "FILE"));
        string text = Source(tree.Bytes);
        Assert.Contains("watchdog@90c0000 {", text);
        Assert.Contains("compatible = \"arm,sbsa-gwdt\";", text);
        Assert.Contains("reg = <0x00 0x90c0000 0x00 0x1000 0x00 0x90d0000 0x00 0x1000>;", text);
        Assert.Contains("interrupts = <0x00 0x0f 0x04>;", text);
        Assert.Contains("timeout-sec = <0x0a>;", text);
    }

    [Fact]
    public void ControlGuestHasASecondUartAndTheConsoleStaysTheFirst()
    {
        Guest guest = SampleImage.Appliance.Guests[0];
        Assert.DoesNotContain("aliases", Source(GuestDeviceTree.Make(guest, "small", null).Bytes));
        GicPlatform platform = (GicPlatform)guest.Platform with { ControlUart = (0x0904_0000, 40) };
        GuestDeviceTree tree = GuestDeviceTree.Make(guest with { Platform = platform, IsControl = true, Mailbox = 0x0905_0000 }, "small", null);
        Assert.Equal("", Stock.Complains("dtc", tree.Bytes, "-I", "dtb", "-O", "dts", "FILE"));
        string text = Source(tree.Bytes), console = $"/pl011@{platform.Uart:x}";
        Assert.Contains($"serial0 = \"{console}\";", text);
        Assert.Contains("serial1 = \"/pl011@9040000\";", text);
        Assert.Contains($"stdout-path = \"{console}\";", text);
        string second = text[text.IndexOf("pl011@9040000 {", StringComparison.Ordinal)..];
        Assert.Contains("reg = <0x00 0x9040000 0x00 0x1000>;", second);
        Assert.Contains("interrupts = <0x00 0x08 0x04>;", second);
        Assert.Contains("compatible = \"arm,pl011\\0arm,primecell\";", second);
        Assert.Contains("mailbox = \"/bulkhead-mailbox@9050000\";", text);
        Assert.Contains("reg = <0x00 0x9050000 0x00 0x1000>;", text[text.IndexOf("bulkhead-mailbox@9050000 {", StringComparison.Ordinal)..]);
        // The buffer is RAM that the kernel does not hear of.
        Assert.Contains($"reg = <0x00 0x{guest.Memory.GuestBase:x} 0x00 0x{guest.Memory.Size - 0x1_0000:x}>;", text);
    }

    [Fact]
    public void SeedsLieWhereTheBuilderSays()
    {
        GuestDeviceTree tree = GuestDeviceTree.Make(SampleImage.Appliance.Guests[0], "small", null);
        byte[] seeded = [.. tree.Bytes];
        seeded.AsSpan(tree.RngSeedOffset, GuestDeviceTree.RngSeedSize).Fill(0xab);
        seeded.AsSpan(tree.KaslrSeedOffset, GuestDeviceTree.KaslrSeedSize).Fill(0xcd);
        string text = Source(seeded), before = Source(tree.Bytes);
        Assert.Contains("kaslr-seed = <0xcdcdcdcd 0xcdcdcdcd>;", text);
        Assert.Contains($"rng-seed = <{string.Join(' ', Enumerable.Repeat("0xabababab", 16))}>;", text);
        Assert.Equal(before.Split('\n').Length, text.Split('\n').Length);
    }

    /// <summary>Sorted, so that only what a tree says counts.</summary>
    private static string Source(byte[] tree) => Stock.Says("dtc", tree, "-q", "-s", "-I", "dtb", "-O", "dts", "FILE");

    private static void Fill(Random random, DeviceTreeWriter writer, StringBuilder source, int depth)
    {
        for (int i = random.Next(1, 6); i > 0; i--)
        {
            string name = $"prop{i}-{random.Next(9)}";
            switch (random.Next(5))
            {
                case 0:
                    writer.Empty(name);
                    source.AppendLine($"{name};");
                    break;
                case 1:
                    string[] texts = [.. Enumerable.Range(0, random.Next(1, 4)).Select(n => new string((char)('a' + n), random.Next(1, 20)))];
                    writer.Text(name, texts);
                    source.AppendLine($"{name} = {string.Join(", ", texts.Select(text => $"\"{text}\""))};");
                    break;
                case 2:
                    uint[] cells = [.. Enumerable.Range(0, random.Next(1, 9)).Select(_ => (uint)random.NextInt64(1L << 32))];
                    writer.Cells(name, cells);
                    source.AppendLine($"{name} = <{string.Join(' ', cells.Select(cell => $"0x{cell:x}"))}>;");
                    break;
                case 3:
                    ulong[] wide = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => (ulong)random.NextInt64())];
                    writer.Wide(name, wide);
                    source.AppendLine($"{name} = <{string.Join(' ', wide.Select(value => $"0x{value >> 32:x} 0x{value & 0xffff_ffff:x}"))}>;");
                    break;
                default:
                    byte[] bytes = new byte[random.Next(1, 40)];
                    random.NextBytes(bytes);
                    writer.Bytes(name, bytes);
                    source.AppendLine($"{name} = [{string.Join(' ', bytes.Select(b => b.ToString("x2", CultureInfo.InvariantCulture)))}];");
                    break;
            }
        }
        for (int i = depth == 4 ? 0 : random.Next(4); i > 0; i--)
        {
            writer.Begin($"node{i}@{i:x}");
            source.AppendLine($"node{i}@{i:x} {{");
            Fill(random, writer, source, depth + 1);
            writer.EndOfNode();
            source.AppendLine("};");
        }
    }
}
