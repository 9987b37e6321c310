using System;
using Bulkhead.Diagnostics;
using Bulkhead.Partitions;

namespace Bulkhead.Update;

/// <summary>What units are called; no guest may be called like the other two.</summary>
public static class UpdateUnitNames
{
    /// <summary>Empty for a unit that the appliance does not have. The table must outlive the span.</summary>
    public static ReadOnlySpan<byte> Of(int unit, in ApplianceTable table) => unit switch
    {
        UpdateUnit.Hypervisor => "hypervisor"u8,
        UpdateUnit.Table => "table"u8,
        _ => (uint)(unit - UpdateUnit.FirstGuest) < table.GuestCount ? NameRules.BytesOf(in table.Guest[unit - UpdateUnit.FirstGuest].Name) : default,
    };

    /// <summary>-1 when the appliance has none of this name.</summary>
    public static int Find(ReadOnlySpan<byte> name, in ApplianceTable table)
    {
        for (int unit = 0; unit < UpdateUnit.FirstGuest + (int)table.GuestCount; unit++)
        {
            if (Of(unit, in table).SequenceEqual(name))
                return unit;
        }
        return -1;
    }

    /// <summary>The names of a set, a space between two.</summary>
    /// <param name="units">A bit each.</param>
    public static void Add(ref LogLine line, uint units, in ApplianceTable table)
    {
        bool isFirst = true;
        for (int unit = 0; unit < UpdateUnit.Count; unit++)
        {
            if ((units >> unit & 1) == 0)
                continue;
            if (!isFirst)
                line.Add((byte)' ');
            line.Add(Of(unit, in table));
            isFirst = false;
        }
    }
}
