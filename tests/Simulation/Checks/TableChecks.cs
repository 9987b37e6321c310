using System.Collections.Generic;
using Bulkhead.Memory;
using Bulkhead.Partitions;
using Bulkhead.Simulation.Hardware;

namespace Bulkhead.Simulation.Checks;

/// <summary>Every page's ownership as the manifest has it: in guests' tables, and in those of the CPUs that serve them.</summary>
internal static class TableChecks
{
    public static void Run(Board board)
    {
        board.Machine.CheckQuiet();
        if (board.Machine.Faults.Count != 0)
            board.Life.Fail($"tables: {board.Machine.Faults[0]}");
        for (int guest = 0; guest < board.Partitions.Length; guest++)
            CheckGuest(board, guest);
        for (int cpu = 0; cpu < board.Vcpus.Length; cpu++)
            CheckHost(board, cpu);
    }

    private static void CheckGuest(Board board, int guest)
    {
        Dictionary<ulong, (ulong Host, MapAttributes Attributes)> owed = [];
        ref GuestEntry entry = ref board.Appliance.Table.Guest[guest];
        for (int i = 0; i < (int)entry.MappingCount; i++)
        {
            GuestMapping mapping = entry.Mapping[i];
            MapAttributes attributes = MapAttributes.Read | MapAttributes.Write
                | (mapping.Kind == MappingKind.Ram ? MapAttributes.Execute : MapAttributes.Device);
            for (ulong at = 0; at < mapping.Size; at += Appliance.PageSize)
                owed.Add(mapping.Guest.Value + at, (mapping.Host.Value + at, attributes));
        }
        Dictionary<ulong, (ulong, MapAttributes)> found = [];
        Collect(board, board.GuestRoots[guest], found);
        foreach ((ulong input, (ulong Host, MapAttributes Attributes) page) in owed)
            board.Life.Check(found.TryGetValue(input, out var its) && its == page, $"guest{guest} does not have its page {input:x}");
        foreach (ulong input in found.Keys)
            board.Life.Check(owed.ContainsKey(input), $"guest{guest} has {input:x}, which the manifest does not give it");
    }

    // All leaves of a tree, page by page.
    private static void Collect(Board board, HostPhys root, Dictionary<ulong, (ulong, MapAttributes)> found)
    {
        FakeLeaves.Visit(board.Machine, root, (input, output, bytes, attributes) =>
        {
            for (ulong at = 0; at < bytes; at += Appliance.PageSize)
                found[input + at] = (output + at, attributes);
        });
    }

    private static void CheckHost(Board board, int cpu)
    {
        // The hypervisor itself, but for the hole below the CPU's stack.
        for (ulong at = 0; at < Appliance.HypervisorSize; at += Appliance.PageSize)
        {
            bool there = board.HostWalk(cpu, Board.HypervisorBase + at) == Appliance.RamStart + at;
            board.Life.Check(there != (at == Board.GuardPage(cpu)), $"CPU {cpu}'s own tables and the hypervisor's {at:x}");
        }
        int served = board.Vcpus[cpu].Guest;
        for (int guest = 0; guest < board.Partitions.Length; guest++)
        {
            ref GuestEntry entry = ref board.Appliance.Table.Guest[guest];
            for (int i = 0; i < (int)entry.MappingCount; i++)
            {
                GuestMapping mapping = entry.Mapping[i];
                for (ulong at = 0; at < mapping.Size; at += Appliance.PageSize)
                {
                    bool mine = guest == served && mapping.Kind == MappingKind.Ram;
                    board.Life.Check(board.HostReaches(cpu, mapping.Host.Value + at) == mine,
                        $"CPU {cpu}'s own tables and {mapping.Host.Value + at:x}, which is guest{guest}'s");
                }
            }
        }
    }
}
