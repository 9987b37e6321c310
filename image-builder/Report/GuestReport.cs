using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Bulkhead.ImageBuilder.Layout;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Report;

/// <summary>One guest of an image.</summary>
public sealed record GuestReport(
    string Name, IReadOnlyList<uint> Cpus, IReadOnlyList<MappingReport> Memory, IReadOnlyList<uint> Interrupts, IReadOnlyList<SegmentReport> Segments)
{
    internal static GuestReport Read(byte[] image, GuestEntry entry, List<string> problems)
    {
        string name = Names.Text(entry.Name);
        List<MappingReport> memory = [];
        for (int i = 0; i < Math.Min(entry.MappingCount, GuestEntry.MaxMappings); i++)
            memory.Add(MappingReport.Of(entry.Mapping[i]));
        return new GuestReport(
            name,
            ((ReadOnlySpan<uint>)entry.Cpu)[..(int)Math.Min(entry.VcpuCount, GuestEntry.MaxVcpus)].ToArray(),
            memory,
            Enumerable.Range(0, (int)Math.Min(entry.InterruptCount, GuestEntry.MaxInterrupts)).Select(i => entry.Interrupt[i].PhysicalIntId).ToArray(),
            ReadSegments(image, entry.SlotA, name, problems));
    }

    public string ToText()
    {
        StringBuilder text = new();
        text.AppendLine($"guest {Name}: CPUs {string.Join(", ", Cpus)}");
        foreach (MappingReport mapping in Memory)
            text.AppendLine($"  {mapping.ToText()}");
        if (Interrupts.Count != 0)
            text.AppendLine($"  interrupts {string.Join(", ", Interrupts)}");
        foreach (SegmentReport segment in Segments)
            text.AppendLine($"  {segment.ToText()}");
        return text.ToString();
    }

    private static List<SegmentReport> ReadSegments(byte[] image, ImageRange slot, string name, List<string> problems)
    {
        List<SegmentReport> segments = [];
        if (slot.Offset > (ulong)image.Length || slot.Size > (ulong)image.Length - slot.Offset || slot.Size < PackageHeader.StoredSize)
        {
            problems.Add($"{name}: its slot lies outside the image");
            return segments;
        }
        ReadOnlySpan<byte> bytes = image.AsSpan((int)slot.Offset, (int)slot.Size);
        PackageHeader header = MemoryMarshal.Read<PackageHeader>(bytes);
        if (header.Magic != PackageHeader.ExpectedMagic)
        {
            problems.Add($"{name}: its slot holds no package");
            return segments;
        }
        if (!SHA256.HashData(bytes[(16 + 32)..Unsafe.SizeOf<PackageHeader>()]).AsSpan().SequenceEqual(header.HeaderDigest))
        {
            problems.Add($"{name}: the package header's digest does not fit its content");
            return segments;
        }
        for (int i = 0; i < Math.Min(header.SegmentCount, PackageHeader.MaxSegments); i++)
            segments.Add(SegmentReport.Read(bytes, header.Segment[i], name, problems));
        return segments;
    }
}
