using System.Buffers.Binary;
using System.Text;
using System.Text.RegularExpressions;
using Bulkhead.ImageBuilder.Layout;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.ImageBuilder.Packages;
using Xunit;

namespace Bulkhead.ImageBuilder.Tests.Layout;

/// <summary>The tables are followed as a guest follows them, from the RSDP on; ACPICA's own disassembler reads each.</summary>
public class GuestAcpiTests
{
    private const ulong Address = 0xe_0000;

    public static TheoryData<PcPlatform, int> Platforms => new()
    {
        { PcGuests.Usual, 1 },
        { PcGuests.Usual, 8 },
        { new PcPlatform(0xfed0_0000, 0xf000_0000, 0xfff8, 23, 0x10, 0xfffe), 2 },
        { new PcPlatform(0xfed0_0000, 0xf000_0000, 0, 0, 0xfffd, 0x20), 3 },
    };

    [Theory]
    [MemberData(nameof(Platforms))]
    public void EveryTableIsFoundAndAddsUpToZero(PcPlatform platform, int cpus)
    {
        byte[] all = GuestAcpi.Make(PcGuests.Make(platform, cpus), Address);
        Assert.Equal("RSD PTR ", Encoding.ASCII.GetString(all, 0, 8));
        Assert.Equal(0, Sum(all.AsSpan(0, 20)));
        Assert.Equal(0, Sum(all.AsSpan(0, 36)));
        Dictionary<string, byte[]> tables = Tables(all);
        Assert.Equal(["APIC", "DSDT", "FACP", "XSDT"], tables.Keys.Order(StringComparer.Ordinal));
        Assert.All(tables.Values, table => Assert.Equal(0, Sum(table)));
        // All of the bytes are some table's, but for padding.
        Assert.InRange(all.Length - 36 - tables.Values.Sum(table => table.Length), 0, 4 * 15);
    }

    [Theory]
    [MemberData(nameof(Platforms))]
    public void DisassemblerReadsWhatTheGuestHas(PcPlatform platform, int cpus)
    {
        Dictionary<string, string> text = Disassemble(Tables(GuestAcpi.Make(PcGuests.Make(platform, cpus), Address)));
        Assert.Contains("Hardware Reduced (V5) : 1", text["FACP"]);
        Assert.Contains("8042 Present on ports 60/64 (V2) : 0", text["FACP"]);
        Assert.Contains("Legacy Devices Supported (V2) : 0", text["FACP"]);
        Assert.Contains("VGA Not Present (V4) : 1", text["FACP"]);
        Assert.Contains("CMOS RTC Not Present (V5) : 1", text["FACP"]);
        Assert.Contains("Reset Register Supported (V2) : 1", text["FACP"]);
        Assert.Contains("Value to cause reset : 06", text["FACP"]);
        Assert.Equal(platform.ResetPort, PortOf(text["FACP"], "Reset Register"));
        Assert.Equal(platform.SleepPort, PortOf(text["FACP"], "Sleep Control Register"));
        Assert.Equal(platform.SleepPort + 1, PortOf(text["FACP"], "Sleep Status Register"));

        Assert.Contains($"Local Apic Address : {platform.LocalApic:X8}", text["APIC"]);
        Assert.Contains($"Address : {platform.IoApic:X8}", text["APIC"]);
        Assert.Equal(cpus, text["APIC"].Split("[Processor Local APIC]").Length - 1);
        Assert.Contains($"Local Apic ID : {cpus - 1:X2}", text["APIC"]);

        Assert.Contains("EisaId (\"PNP0501\")", text["DSDT"]);
        Assert.Contains($"0x{platform.UartPort:X4},             // Range Minimum", text["DSDT"]);
        Assert.Contains($"0x{platform.UartPort:X4},             // Range Maximum", text["DSDT"]);
        Assert.Contains("Interrupt (ResourceConsumer, Edge, ActiveHigh, Exclusive", text["DSDT"]);
        Assert.Contains($"0x{platform.UartGsi:X8},", text["DSDT"]);
        Assert.Matches(@"Name \(\\_S5, Package \(0x04\)[^{]*\{\s*0x05,", text["DSDT"]);
    }

    [Fact]
    public void ControlGuestHasASecondUartAndAMailbox()
    {
        Guest guest = PcGuests.Make(PcGuests.Usual with { ControlUart = (0x2e8, 11) }) with { IsControl = true, Mailbox = 0xfeb0_0000 };
        string text = Disassemble(Tables(GuestAcpi.Make(guest, Address)))["DSDT"];
        string second = text[text.IndexOf("Device (COM2)", StringComparison.Ordinal)..];
        Assert.Contains("EisaId (\"PNP0501\")", second);
        Assert.Contains("Name (_UID, 0x02)", second);
        Assert.Contains("0x02E8,             // Range Minimum", second);
        Assert.Contains("0x0000000B,", second);
        string mailbox = text[text.IndexOf("Device (MBOX)", StringComparison.Ordinal)..];
        Assert.Contains("Name (_HID, \"BLKH0001\")", mailbox);
        Assert.Contains("Memory32Fixed (ReadWrite", mailbox);
        Assert.Contains("0xFEB00000,         // Address Base", mailbox);
        Assert.Contains("0x00001000,         // Address Length", mailbox);
        Assert.DoesNotContain("MBOX", Disassemble(Tables(GuestAcpi.Make(PcGuests.Make(), Address)))["DSDT"]);
        Assert.DoesNotContain("COM2", Disassemble(Tables(GuestAcpi.Make(PcGuests.Make(), Address)))["DSDT"]);
    }

    [Theory]
    [InlineData(0x610u)]
    [InlineData(0u)]
    [InlineData(0xfff0u)]
    public void WatchdogsActionsAreOnItsPorts(uint port)
    {
        Guest guest = PcGuests.Make(PcGuests.Usual with { WatchdogPort = port }) with { Watchdog = new() { Timeout = 10_000, PreTimeout = 5_000 } };
        Dictionary<string, byte[]> tables = Tables(GuestAcpi.Make(guest, Address));
        Assert.Equal(["APIC", "DSDT", "FACP", "WDAT", "XSDT"], tables.Keys.Order(StringComparer.Ordinal));
        Assert.All(tables.Values, table => Assert.Equal(0, Sum(table)));
        string text = Disassemble(tables)["WDAT"];
        // What Linux wants of a watchdog that is no PCI device and ticks in milliseconds.
        Assert.Contains("PCI Segment : 00FF", text);
        Assert.Contains("PCI Bus : FF", text);
        Assert.Contains("Timer Period : 00000001", text);
        Assert.Contains("Max Count : 05265C00", text);
        Assert.Contains("Enabled : 1", text);
        Assert.Contains("Watchdog Entry Count : 0000000C", text);
        (string Action, ulong Port, string Instruction)[] entries = [.. Regex.Matches(text,
                @"Watchdog Action : (\w+)\n.*?Instruction : (\w+)\n.*?Encoded Access Width : 03 \[DWord Access:32\]\n.*?Address : (\w+)\n", RegexOptions.Singleline)
            .Select(match => (match.Groups[1].Value, Convert.ToUInt64(match.Groups[3].Value, 16) - port, match.Groups[2].Value))];
        Assert.Equal(
        [
            ("01", 8, "02"), ("04", 8, "01"), ("05", 4, "01"), ("06", 4, "03"), ("08", 0, "00"), ("09", 0, "82"),
            ("0A", 0, "00"), ("0B", 0, "82"), ("10", 0, "00"), ("11", 0, "82"), ("20", 12, "00"), ("21", 12, "02"),
        ], entries);
    }

    [Fact]
    public void CompilerMakesTheSameDevicesOfTheDisassembly()
    {
        byte[] table = Tables(GuestAcpi.Make(PcGuests.Make(), Address))["DSDT"];
        string folder = Directory.CreateTempSubdirectory("bulkhead-acpi").FullName;
        File.WriteAllBytes(Path.Combine(folder, "dsdt.aml"), table);
        Tool.Run("iasl", ["-d", "dsdt.aml"], folder);
        Assert.Contains("0 Errors, 0 Warnings", Tool.Run("iasl", ["-p", "again", "-oa", "dsdt.dsl"], folder));
        Assert.Equal(table[36..], File.ReadAllBytes(Path.Combine(folder, "again.aml"))[36..]);
        Directory.Delete(folder, true);
    }

    private static Dictionary<string, byte[]> Tables(byte[] all)
    {
        Dictionary<string, byte[]> tables = [];
        Add(BinaryPrimitives.ReadUInt64LittleEndian(all.AsSpan(24)));
        byte[] xsdt = tables["XSDT"];
        for (int at = 36; at < xsdt.Length; at += 8)
            Add(BinaryPrimitives.ReadUInt64LittleEndian(xsdt.AsSpan(at)));
        byte[] fadt = tables["FACP"];
        Add(BinaryPrimitives.ReadUInt64LittleEndian(fadt.AsSpan(140)));
        Assert.Equal(BinaryPrimitives.ReadUInt64LittleEndian(fadt.AsSpan(140)), BinaryPrimitives.ReadUInt32LittleEndian(fadt.AsSpan(40)));
        return tables;

        void Add(ulong address)
        {
            Assert.Equal(0ul, address % 16);
            Span<byte> table = all.AsSpan((int)(address - Address));
            int length = BinaryPrimitives.ReadInt32LittleEndian(table[4..]);
            tables.Add(Encoding.ASCII.GetString(table[..4]), table[..length].ToArray());
        }
    }

    [Fact]
    public void DisassemblerReadsTheDevicesItWasGiven()
    {
        BoardDevice clock = new("rtc", "PNP0B00", [], [new BoardInterrupt(8, Edge: true)], false, [], [new AddressRange(0x70, 2)]);
        BoardDevice timer = new(
            "timer", "ACME0001", [new AddressRange(0xfed0_0000, 1024), new AddressRange(0x70_0000_0000, 4096)],
            [new BoardInterrupt(20, Edge: false, ActiveLow: true), new BoardInterrupt(21, Edge: false)], false, [], []);
        Dictionary<string, string> text = Disassemble(Tables(GuestAcpi.Make(PcGuests.Make(devices: [clock, timer]), Address)));
        Assert.Contains("CMOS RTC Not Present (V5) : 0", text["FACP"]);
        string devices = text["DSDT"];
        Assert.Contains("EisaId (\"PNP0B00\")", devices);
        Assert.Contains("0x0070,             // Range Minimum", devices);
        Assert.Contains("\"ACME0001\"", devices);
        Assert.Contains("Memory32Fixed (ReadWrite", devices);
        Assert.Contains("0xFED00000,         // Address Base", devices);
        Assert.Contains("QWordMemory (ResourceConsumer, PosDecode, MinFixed, MaxFixed, NonCacheable, ReadWrite", devices);
        Assert.Contains("0x0000007000000FFF, // Range Maximum", devices);
        Assert.Equal(["Edge, ActiveHigh:0x00000004", "Edge, ActiveHigh:0x00000008", "Level, ActiveLow:0x00000014", "Level, ActiveHigh:0x00000015"],
            Regex.Matches(devices, @"Interrupt \(ResourceConsumer, (\w+, \w+), Exclusive.*?(0x[0-9A-F]{8}),", RegexOptions.Singleline)
                .Select(match => $"{match.Groups[1]}:{match.Groups[2]}"));
        Assert.Equal(3, Regex.Matches(devices, @"Name \(_UID").Count);
    }

    private static Dictionary<string, string> Disassemble(Dictionary<string, byte[]> tables)
    {
        string folder = Directory.CreateTempSubdirectory("bulkhead-acpi").FullName;
        Dictionary<string, string> texts = [];
        foreach ((string name, byte[] table) in tables)
        {
            File.WriteAllBytes(Path.Combine(folder, name + ".aml"), table);
            string said = Tool.Run("iasl", ["-d", name + ".aml"], folder);
            Assert.DoesNotContain("warning", said, StringComparison.OrdinalIgnoreCase);
            texts[name] = File.ReadAllText(Path.Combine(folder, name + ".dsl"));
            Assert.DoesNotContain("Invalid", texts[name]);
            Assert.DoesNotContain("Incorrect checksum", texts[name]);
        }
        Directory.Delete(folder, true);
        return texts;
    }

    private static uint PortOf(string fadt, string register)
    {
        string[] lines = fadt.Split('\n');
        int at = Array.FindIndex(lines, line => line.Contains($" {register} : ["));
        Assert.Contains("[SystemIO]", lines[at + 1]);
        Assert.Contains("Bit Width : 08", lines[at + 2]);
        return Convert.ToUInt32(lines[at + 5].Split(" : ")[1].Trim(), 16);
    }

    private static byte Sum(ReadOnlySpan<byte> bytes)
    {
        byte sum = 0;
        foreach (byte value in bytes)
            sum += value;
        return sum;
    }
}
