using System;
using Bulkhead.Memory;
using Bulkhead.Tests.Fake;

namespace Bulkhead.Simulation.Checks;

/// <summary>Walks a whole tree of the fake format.</summary>
internal static class FakeLeaves
{
    /// <param name="visit">Input, output, bytes, attributes.</param>
    public static void Visit(FakeMachine machine, HostPhys root, Action<ulong, ulong, ulong, MapAttributes> visit) =>
        Visit(machine, root.Value, 0, 0, visit);

    private static void Visit(FakeMachine machine, ulong table, int level, ulong start, Action<ulong, ulong, ulong, MapAttributes> visit)
    {
        FakeFormat format = default;
        for (ulong i = 0; i < 512; i++)
        {
            ulong entry = machine.Read(table + i * sizeof(ulong));
            if (!format.IsValid(entry, level))
                continue;
            ulong input = start + (i << format.ShiftOf(level));
            if (format.IsTable(entry, level))
                Visit(machine, format.AddressOf(entry, level).Value, level + 1, input, visit);
            else
                visit(input, format.AddressOf(entry, level).Value, 1ul << format.ShiftOf(level), format.AttributesOf(entry, level));
        }
    }
}
