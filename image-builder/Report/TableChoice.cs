using System.Text;
using Bulkhead.ImageBuilder.Diagnostics;
using Bulkhead.ImageBuilder.Formats;
using Bulkhead.ImageBuilder.Layout;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Report;

/// <summary>The appliance table that the hypervisor would take: a, or b when a does not check.</summary>
internal static class TableChoice
{
    /// <summary>With neither, the first that can be read at all: one that is refused for what it says is shown with its fault.</summary>
    /// <returns>Its partition, or null; then the table is empty.</returns>
    public static string? Read(in ImageBytes image, GptPartition? a, GptPartition? b, ref ApplianceTable table, ImageProblems problems)
    {
        ApplianceTable first = default, second = default;
        TableError fault = TryRead(in image, a, ref first, problems);
        if (fault == TableError.None)
        {
            table = first;
            return a!.Name;
        }
        // Empty until the first update; that is worth a word only if a is refused, which has been said.
        bool isEmpty = b is null || !image.Of(b).ContainsAnyExcept((byte)0);
        TableError other = isEmpty ? TableError.BadMagic : TryRead(in image, b, ref second, problems);
        bool useSecond = other == TableError.None || !IsReadable(fault) && IsReadable(other);
        if (!useSecond && !IsReadable(fault))
            return null;
        table = useSecond ? second : first;
        Bound(ref table);
        return (useSecond ? b : a)!.Name;
    }

    private static bool IsReadable(TableError error) =>
        error is not (TableError.Truncated or TableError.BadMagic or TableError.BadVersion or TableError.BadSize);

    private static TableError TryRead(in ImageBytes image, GptPartition? partition, ref ApplianceTable table, ImageProblems problems)
    {
        if (partition is null)
            return TableError.Truncated;
        ReadOnlySpan<byte> stored = image.Of(partition);
        TableError error = ApplianceTableReader.Read<Arm64TableRules>(stored, ref table, out int guest);
        if (table.Board.Architecture == CpuArchitecture.X86_64)
            error = ApplianceTableReader.Read<X86TableRules>(stored, ref table, out guest);
        if (error == TableError.None)
            return error;
        string whose = guest < 0 ? "" : $"guest {Names.Text(table.Guest[guest].Name)}: ";
        problems.Add(ImageDiagnostics.RefusedTable, partition.Name, whose + Encoding.ASCII.GetString(TableErrorText.Of(error)));
        return error;
    }

    /// <summary>A refused table may count more than it has room for.</summary>
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
