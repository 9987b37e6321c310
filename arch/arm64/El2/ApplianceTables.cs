using System;
using System.Runtime.CompilerServices;
using Bulkhead.Diagnostics;
using Bulkhead.Partitions;

namespace Bulkhead.Arm64.El2;

/// <summary>The appliance table the board runs by: a checked copy in the hypervisor's own RAM.</summary>
internal static unsafe class ApplianceTables
{
    private static ulong _table;

    private static ref ApplianceTable Table => ref *(ApplianceTable*)_table;

    public static ref readonly BoardFacts Board => ref Table.Board;
    public static int CpuCount => (int)Table.Board.CpuCount;
    public static int GuestCount => (int)Table.GuestCount;
    public static ref readonly GuestEntry Guest(int index) => ref Table.Guest[index];
    public static ReadOnlySpan<byte> Name => new(Unsafe.AsPointer(ref Table.ApplianceName), Table.ApplianceName.Length);

    /// <summary>Slot a, or b when a does not check. With neither there is nothing to run.</summary>
    public static void Load()
    {
        _table = Pool.Take((ulong)(sizeof(ApplianceTable) + 4095) / 4096);
        ref readonly Boot.FirstStageConfig config = ref BoardImage.Config;
        if (config.Magic != Boot.FirstStageConfig.ExpectedMagic || !TryCopy(config.TableA) && !TryCopy(config.TableB))
            HypervisorLog.Refuse("no appliance table in either slot checks; write the image to flash again"u8);
    }

    private static bool TryCopy(ImageRange slot)
    {
        if (!BoardImage.TryRead(slot, out ReadOnlySpan<byte> stored))
            return false;
        TableError error = ApplianceTableReader.Read<Arm64TableRules>(stored, ref Table, out _);
        if (error == TableError.None)
            return true;
        LogLine line = default;
        line.Add("appliance table: "u8);
        line.Add(TableErrorText.Of(error));
        HypervisorLog.Write(ref line);
        return false;
    }
}
