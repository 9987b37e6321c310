using System;
using System.Runtime.InteropServices;
using Bulkhead.Boot;
using Bulkhead.Diagnostics;

namespace Bulkhead.Partitions;

/// <summary>Brings the appliance table from the image into the hypervisor's own RAM.</summary>
public static class TableLoad<TArch, TRules>
    where TArch : struct, IArch
    where TRules : struct, ITableRules
{
    /// <summary>Slot a, or b when a does not check. With neither there is nothing to run, and the board stops.</summary>
    public static void Run(in FirstStageConfig config, ref ApplianceTable table)
    {
        ApplianceTables.Use(ref table);
        if (config.Magic != FirstStageConfig.ExpectedMagic || !TryCopy(config.TableA, ref table) && !TryCopy(config.TableB, ref table))
            HypervisorLog<TArch>.Refuse("no appliance table in either slot checks; write the image to flash again"u8);
    }

    private static bool TryCopy(ImageRange slot, ref ApplianceTable table)
    {
        Span<byte> room = MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref table, 1));
        slot.Size = Math.Min(slot.Size, (ulong)(uint)room.Length);
        TableError error = TableError.Truncated;
        if (TArch.TryReadImage(slot, room.Slice(0, (int)slot.Size), out ReadOnlySpan<byte> stored))
            error = ApplianceTableReader.Read<TRules>(stored, ref table, out _);
        if (error == TableError.None)
            return true;
        LogLine line = default;
        line.Add("appliance table: "u8);
        line.Add(TableErrorText.Of(error));
        HypervisorLog<TArch>.Write(ref line);
        return false;
    }
}
