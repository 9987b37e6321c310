using System.Text.Json;
using Bulkhead.ImageBuilder.Diagnostics;
using Bulkhead.ImageBuilder.Formats;
using Bulkhead.ImageBuilder.Layout;
using Bulkhead.ImageBuilder.Model;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Report;

/// <summary>
/// What is where: in an image, each digest checked again by the hypervisor's own readers, or in the image that a manifest
/// would make. What is wrong is listed, never thrown: a damaged image is looked at too. Schema/inspect.schema.json has the keys.
/// </summary>
/// <param name="Kind">`image` or `plan`.</param>
/// <param name="Table">The partition whose appliance table is shown; null in a plan, and when neither can be read.</param>
public sealed record ImageReport(
    int Schema, string Kind, string Appliance, string ManifestSha256, bool Management, string? Table, BoardReport? Board, IReadOnlyList<PartitionReport> Flash,
    IReadOnlyList<ProgramReport> Programs, IReadOnlyList<GuestReport> Guests, IReadOnlyList<ImageProblem> Problems)
{
    /// <summary>Grows when a key changes its meaning or goes away; new keys may come without.</summary>
    public const int CurrentSchema = 1;

    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public string ToJson() => JsonSerializer.Serialize(this, Format);

    /// <summary>Of any bytes at all.</summary>
    public static ImageReport Read(ReadOnlyMemory<byte> bytes)
    {
        ImageBytes image = new(bytes);
        ImageProblems problems = new();
        IReadOnlyList<GptPartition> flash = GptReader.Read(image.All, problems);
        if (flash.Count == 0)
            return new ImageReport(CurrentSchema, "image", "", "", false, null, null, [], [], [], problems.All);

        List<ProgramReport?> programs = [];
        // A PC starts it by GRUB, and no reset block describes it.
        bool isPc = flash.Any(partition => partition.Name == "bios-boot");
        if (Find(flash, ImageLayout.FirstStageName, problems) is { } firstStage)
            programs.Add(isPc ? ProgramReport.FirstStageOfPc(in image, firstStage, problems) : ProgramReport.FirstStage(in image, firstStage, problems));
        foreach (string name in new[] { "hypervisor-a", "hypervisor-b" })
        {
            if (Find(flash, name, problems) is { } slot)
                programs.Add(ProgramReport.Hypervisor(in image, slot, problems));
        }
        List<PartitionReport> partitions = [];
        foreach (GptPartition partition in flash)
            partitions.Add(PartitionReport.Of(partition, in image));

        ApplianceTable table = default;
        string? shown = TableChoice.Read(in image, Find(flash, "table-a", problems), Find(flash, "table-b", problems), ref table, problems);
        List<GuestReport> guests = [];
        for (int i = 0; i < (int)table.GuestCount; i++)
            guests.Add(GuestReport.Read(in image, flash, in table.Guest[i], in table, problems));
        return new ImageReport(
            CurrentSchema, "image", Names.Text(table.ApplianceName), Convert.ToHexStringLower(table.ManifestDigest), (table.Flags & ApplianceFlags.Management) != 0, shown,
            shown is null ? null : BoardReport.Of(in table.Board), partitions, [.. programs.OfType<ProgramReport>()], guests, problems.All);
    }

    /// <summary>The image that this appliance makes, as far as it is known before anything is built or fetched: no digests.</summary>
    public static ImageReport Plan(Appliance appliance)
    {
        ImageLayout layout = new(appliance);
        ApplianceTable table = TableBuilder.Make(appliance, layout);
        List<GuestReport> guests = [];
        for (int i = 0; i < appliance.Guests.Count; i++)
        {
            GuestReport guest = GuestReport.Of(in table.Guest[i], in table);
            guests.Add(guest with { Memory = [.. guest.Memory.Select(mapping => mapping with { Device = DeviceNames.In(appliance.Guests[i], mapping) })] });
        }
        return new ImageReport(
            CurrentSchema, "plan", appliance.Name, Convert.ToHexStringLower(appliance.ManifestDigest), appliance.Management, null, BoardReport.Of(in table.Board),
            [.. layout.Partitions.Select(partition => new PartitionReport(partition.Name, partition.Offset, partition.Size, null))], [], guests, []);
    }

    private static GptPartition? Find(IReadOnlyList<GptPartition> flash, string name, ImageProblems problems)
    {
        GptPartition? found = flash.FirstOrDefault(partition => partition.Name == name);
        if (found is null)
            problems.Add(ImageDiagnostics.MissingPartition, name, "there is no such partition");
        return found;
    }
}
