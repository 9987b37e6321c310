using System;
using Bulkhead.Partitions;

namespace Bulkhead.Diagnostics;

/// <summary>The hypervisor's own lines.</summary>
public static class HypervisorLog<TArch> where TArch : struct, IArch
{
    /// <param name="held">Bytes of RAM the hypervisor holds.</param>
    /// <param name="sinceReset">In clock counts.</param>
    public static void Started(ulong held, ulong sinceReset)
    {
        LogLine line = default;
        line.Add("Bulkhead: appliance "u8);
        line.Add(ApplianceTables.Name);
        line.Add(", "u8);
        line.AddDecimal((ulong)(uint)ApplianceTables.GuestCount);
        line.Add(" guests, "u8);
        line.AddDecimal(held);
        line.Add(" bytes of RAM held, "u8);
        line.AddDecimal(sinceReset);
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

    /// <summary>One line an address, as the builder's tools know it.</summary>
    public static void Stack(in Backtrace stack)
    {
        for (int i = 0; i < stack.Count; i++)
        {
            LogLine line = default;
            line.Add("  #"u8);
            line.AddDecimal((ulong)(uint)i);
            line.Add((byte)' ');
            line.AddHex(stack[i]);
            Write(ref line);
        }
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
        Stop();
    }

    /// <summary>The same for a fact of the board file that something on the board contradicts, with both values.</summary>
    public static void RefuseFact(ReadOnlySpan<byte> fact, ulong board, ReadOnlySpan<byte> other, ulong value)
    {
        LogLine line = default;
        line.Add("refused: "u8);
        line.Add(fact);
        line.Add(": the board file says "u8);
        line.AddHex(board);
        line.Add(", "u8);
        line.Add(other);
        line.Add((byte)' ');
        line.AddHex(value);
        Write(ref line);
        Stop();
    }

    /// <summary>Everything out, then the board stops.</summary>
    public static void Stop()
    {
        BoardConsole<TArch>.Flush();
        TArch.Halt();
    }

    public static void Write(ref LogLine line)
    {
        if (BoardConsole<TArch>.IsReady)
            BoardConsole<TArch>.Console.WriteLine(ref line);
    }
}
