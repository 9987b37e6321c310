using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Bulkhead.ImageBuilder.Formats;
using Bulkhead.ImageBuilder.Layout;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Report;

/// <summary>What an image holds, each digest checked again. Problems are listed, not thrown: a damaged image is looked at too.</summary>
public sealed record ImageReport(string Appliance, string Board, IReadOnlyList<GptPartition> Flash, IReadOnlyList<GuestReport> Guests, IReadOnlyList<string> Problems)
{
    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true };

    public static ImageReport Read(byte[] image)
    {
        IReadOnlyList<GptPartition> flash = Gpt.Read(image);
        List<string> problems = [];
        GptPartition table = flash.FirstOrDefault(partition => partition.Name == "table-a")
            ?? throw new BuildException("not a Bulkhead image: it has no partition table-a");
        ReadOnlySpan<byte> bytes = image.AsSpan((int)table.Offset, (int)table.Size);
        int size = Unsafe.SizeOf<ApplianceTable>();
        ApplianceTable read = MemoryMarshal.Read<ApplianceTable>(bytes);
        if (read.Magic != ApplianceTable.ExpectedMagic || read.Size != size)
            throw new BuildException("damaged image: partition table-a holds no appliance table");
        if (!SHA256.HashData(bytes[(16 + 32)..size]).AsSpan().SequenceEqual(read.Digest))
            problems.Add("the appliance table's digest does not fit its content");
        List<GuestReport> guests = [];
        for (int i = 0; i < Math.Min(read.GuestCount, ApplianceTable.MaxGuests); i++)
            guests.Add(GuestReport.Read(image, read.Guest[i], problems));
        return new ImageReport(Names.Text(read.ApplianceName), Names.Text(read.Board.Name), flash, guests, problems);
    }

    public string ToJson() => JsonSerializer.Serialize(this, Format);

    public string ToText()
    {
        StringBuilder text = new();
        text.AppendLine($"appliance {Appliance} on {Board}");
        text.AppendLine().AppendLine("flash");
        foreach (GptPartition partition in Flash)
            text.AppendLine($"  0x{partition.Offset:x8}  {partition.Size >> 10,6} KiB  {partition.Name}");
        foreach (GuestReport guest in Guests)
            text.AppendLine().Append(guest.ToText());
        foreach (string problem in Problems)
            text.AppendLine($"PROBLEM: {problem}");
        return text.ToString().TrimEnd();
    }
}
