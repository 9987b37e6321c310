using System.Text;
using System.Text.Json;
using Bulkhead.ImageBuilder.Formats;
using Bulkhead.ImageBuilder.Layout;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Report;

/// <summary>
/// What is where: in an image, each digest checked again by the hypervisor's own readers, or in the image that a manifest
/// would make. What is wrong is listed, not thrown: a damaged image is looked at too. docs/inspect.md has the JSON's keys.
/// </summary>
/// <param name="Kind">`image` or `plan`.</param>
public sealed record ImageReport(
    int Schema, string Kind, string Appliance, string ManifestSha256, BoardReport? Board, IReadOnlyList<PartitionReport> Flash,
    IReadOnlyList<ProgramReport> Programs, IReadOnlyList<GuestReport> Guests, IReadOnlyList<string> Problems)
{
    /// <summary>Grows when a key changes its meaning or goes away; new keys may come without.</summary>
    public const int CurrentSchema = 1;

    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public string ToJson() => JsonSerializer.Serialize(this, Format);

    /// <exception cref="BuildException">The bytes are no image, or nothing of it can be read.</exception>
    public static ImageReport Read(ReadOnlyMemory<byte> bytes)
    {
        ImageBytes image = new(bytes);
        List<string> problems = [];
        IReadOnlyList<GptPartition> flash = GptReader.Read(image.All, problems);
        GptPartition Find(string name) => flash.FirstOrDefault(partition => partition.Name == name)
            ?? throw new BuildException($"not a Bulkhead image: it has no partition {name}");
        GptPartition[] hypervisors = [Find("hypervisor-a"), Find("hypervisor-b")];
        List<ProgramReport> programs = [];
        if (ProgramReport.FirstStage(in image, Find("first-stage"), problems) is { } first)
            programs.Add(first);
        foreach (GptPartition partition in hypervisors)
        {
            if (ProgramReport.Hypervisor(in image, partition, problems) is { } hypervisor)
                programs.Add(hypervisor);
        }
        List<PartitionReport> partitions = [];
        foreach (GptPartition partition in flash)
            partitions.Add(PartitionReport.Of(partition, in image));

        ApplianceTable table = default;
        bool isTable = TryReadTable(image.Of(Find("table-a")), ref table, problems);
        List<GuestReport> guests = [];
        for (int i = 0; isTable && i < (int)table.GuestCount; i++)
            guests.Add(GuestReport.Read(in image, flash, in table.Guest[i], in table.Board, problems));
        return new ImageReport(
            CurrentSchema, "image", Names.Text(table.ApplianceName), Convert.ToHexStringLower(table.ManifestDigest),
            isTable ? BoardReport.Of(in table.Board) : null, partitions, programs, guests, problems);
    }

    /// <summary>The image that this appliance makes, as far as it is known before anything is built or fetched: no digests.</summary>
    public static ImageReport Plan(Appliance appliance)
    {
        ImageLayout layout = new(appliance);
        ApplianceTable table = TableBuilder.Make(appliance, layout);
        List<GuestReport> guests = [];
        for (int i = 0; i < appliance.Guests.Count; i++)
        {
            GuestReport guest = GuestReport.Of(in table.Guest[i], table.Board.Architecture);
            guests.Add(guest with { Memory = [.. guest.Memory.Select(mapping => mapping with { Device = DeviceNames.In(appliance.Guests[i], mapping) })] });
        }
        return new ImageReport(
            CurrentSchema, "plan", appliance.Name, Convert.ToHexStringLower(appliance.ManifestDigest), BoardReport.Of(in table.Board),
            [.. layout.Partitions.Select(partition => new PartitionReport(partition.Name, partition.Offset, partition.Size, null))], [], guests, []);
    }

    /// <summary>False when the bytes are no table at all; one that the hypervisor refuses for what it says is shown with its fault.</summary>
    private static bool TryReadTable(ReadOnlySpan<byte> partition, ref ApplianceTable table, List<string> problems)
    {
        TableError error = ApplianceTableReader.Read<Arm64TableRules>(partition, ref table, out int guest);
        if (table.Board.Architecture == CpuArchitecture.X86_64)
            error = ApplianceTableReader.Read<X86TableRules>(partition, ref table, out guest);
        Bound(ref table);
        if (error == TableError.None)
            return true;
        string whose = guest < 0 ? "" : $"guest {Names.Text(table.Guest[guest].Name)}: ";
        problems.Add($"table-a: {whose}{Encoding.ASCII.GetString(TableErrorText.Of(error))}");
        return error is not (TableError.Truncated or TableError.BadMagic or TableError.BadVersion or TableError.BadSize);
    }

    /// <summary>A refused table may count more than it has room for, and is looked at all the same.</summary>
    private static void Bound(ref ApplianceTable table)
    {
        table.GuestCount = Math.Min(table.GuestCount, ApplianceTable.MaxGuests);
        table.Board.CpuCount = Math.Min(table.Board.CpuCount, ApplianceTable.MaxCpus);
        table.Board.RamRangeCount = Math.Min(table.Board.RamRangeCount, BoardFacts.MaxRamRanges);
        for (int i = 0; i < ApplianceTable.MaxGuests; i++)
        {
            ref GuestEntry guest = ref table.Guest[i];
            guest.VcpuCount = Math.Min(guest.VcpuCount, GuestEntry.MaxVcpus);
            guest.MappingCount = Math.Min(guest.MappingCount, GuestEntry.MaxMappings);
            guest.InterruptCount = Math.Min(guest.InterruptCount, GuestEntry.MaxInterrupts);
        }
    }
}
