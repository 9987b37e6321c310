using Bulkhead.ImageBuilder.Diagnostics;
using Bulkhead.ImageBuilder.Formats;
using Bulkhead.ImageBuilder.Layout;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Report;

/// <summary>One guest: its CPUs, what is mapped for it and how, its interrupts, its virtual board, its two slots.</summary>
public sealed record GuestReport(
    string Name, string? Role, bool Autostart, IReadOnlyList<string> After, RestartReport Restart, WatchdogReport? Watchdog, UpdateReport Update, IReadOnlyList<uint> Cpus, IReadOnlyList<MappingReport> Memory, IReadOnlyList<InterruptReport> Interrupts,
    ulong? Mailbox, SlotReport SlotA, SlotReport SlotB, Arm64PlatformReport? Arm64, X86PlatformReport? X86)
{
    /// <summary>What the table says of the guest.</summary>
    internal static GuestReport Of(in GuestEntry entry, in ApplianceTable table)
    {
        string name = Names.Text(entry.Name);
        ReadOnlySpan<GuestMapping> mappings = ((ReadOnlySpan<GuestMapping>)entry.Mapping)[..(int)entry.MappingCount];
        ReadOnlySpan<GuestInterrupt> interrupts = ((ReadOnlySpan<GuestInterrupt>)entry.Interrupt)[..(int)entry.InterruptCount];
        return new GuestReport(
            name,
            entry.IsControl ? "control" : null,
            (entry.Flags & GuestFlags.AutoStart) != 0,
            NamesOf(entry.After, in table),
            RestartReport.Of(in entry.Restart),
            WatchdogReport.Of(in entry, table.Board.Architecture),
            UpdateReport.Of(in entry.Update),
            ((ReadOnlySpan<uint>)entry.Cpu)[..(int)entry.VcpuCount].ToArray(),
            [.. mappings.ToArray().Select(mapping => MappingReport.Of(mapping))],
            [.. interrupts.ToArray().Select(interrupt => InterruptReport.Of(interrupt))],
            entry.IsControl ? entry.Mailbox.Registers.Value : null,
            SlotReport.Planned(name + "-a", in entry.SlotA),
            SlotReport.Planned(name + "-b", in entry.SlotB),
            table.Board.Architecture == CpuArchitecture.Arm64 ? Arm64PlatformReport.Of(in entry) : null,
            table.Board.Architecture == CpuArchitecture.X86_64 ? X86PlatformReport.Of(in entry) : null);
    }

    private static string[] NamesOf(uint guests, in ApplianceTable table)
    {
        List<string> names = [];
        for (int i = 0; i < (int)table.GuestCount; i++)
        {
            if ((guests >> i & 1) != 0)
                names.Add(Names.Text(table.Guest[i].Name));
        }
        return [.. names];
    }

    /// <summary>The same with what its slots hold.</summary>
    internal static GuestReport Read(in ImageBytes image, IReadOnlyList<GptPartition> flash, in GuestEntry entry, in ApplianceTable table, ImageProblems problems)
    {
        GuestReport guest = Of(in entry, in table);
        foreach (SlotReport slot in new[] { guest.SlotA, guest.SlotB })
        {
            if (!flash.Contains(new GptPartition(slot.Partition, slot.Offset, slot.Size)))
                problems.Add(ImageDiagnostics.SlotElsewhere, slot.Partition, $"the table has this slot at 0x{slot.Offset:x8}, and the GPT has no such partition there");
        }
        return guest with
        {
            SlotA = SlotReport.Read(in image, guest.SlotA.Partition, in entry.SlotA, in entry, in table.Board, problems, out byte[] tree),
            SlotB = SlotReport.Read(in image, guest.SlotB.Partition, in entry.SlotB, in entry, in table.Board, problems, out _),
            Memory = [.. guest.Memory.Select(mapping => mapping with { Device = DeviceNames.In(tree, mapping) })],
        };
    }
}
