using System;
using Bulkhead.Diagnostics;
using Bulkhead.Partitions;

namespace Bulkhead.Arm64.El2;

/// <summary>The hypervisor's own lines.</summary>
internal static class HypervisorLog
{
    public static void Started(ulong resetCounter)
    {
        LogLine line = default;
        line.Add("Bulkhead: appliance "u8);
        line.Add(ApplianceTables.Name);
        line.Add(", "u8);
        line.AddDecimal((ulong)(uint)ApplianceTables.GuestCount);
        line.Add(" guests, "u8);
        line.AddDecimal(Pool.Held);
        line.Add(" bytes of RAM held, "u8);
        line.AddDecimal(SystemRegister.ReadCntpct() - resetCounter);
        line.Add(" ticks since reset"u8);
        Write(ref line);
    }

    public static void Guest(int guest, ReadOnlySpan<byte> what)
    {
        LogLine line = default;
        line.AddName(in ApplianceTables.Guest(guest).Name);
        line.Add(": "u8);
        line.Add(what);
        Write(ref line);
    }

    /// <summary>What a guest's load took, in ticks of the system counter.</summary>
    public static void Load(int guest, in LoadPhases phases)
    {
        LogLine line = default;
        line.AddName(in ApplianceTables.Guest(guest).Name);
        line.Add(": load ticks: copy "u8);
        line.AddDecimal(phases.Copy);
        line.Add(", inflate "u8);
        line.AddDecimal(phases.Inflate);
        line.Add(", hash "u8);
        line.AddDecimal(phases.Hash);
        line.Add(", scrub "u8);
        line.AddDecimal(phases.Scrub);
        Write(ref line);
    }

    public static void Line(ReadOnlySpan<byte> name1, ulong value1, ReadOnlySpan<byte> name2, ulong value2)
    {
        LogLine line = default;
        line.Add(name1);
        line.Add((byte)' ');
        line.AddHex(value1);
        line.Add((byte)' ');
        line.Add(name2);
        line.Add((byte)' ');
        line.AddHex(value2);
        Write(ref line);
    }

    public static void Text(ReadOnlySpan<byte> text)
    {
        LogLine line = default;
        line.Add(text);
        Write(ref line);
    }

    /// <summary>Says why and stops the board: nothing to run was found, or what was found contradicts the board.</summary>
    public static void Refuse(ReadOnlySpan<byte> why)
    {
        LogLine line = default;
        line.Add("refused: "u8);
        line.Add(why);
        Write(ref line);
        BoardConsole.Flush();
        Instruction.Halt();
    }

    public static void Write(ref LogLine line)
    {
        if (BoardConsole.IsReady)
            BoardConsole.Console.WriteLine(ref line);
    }
}
