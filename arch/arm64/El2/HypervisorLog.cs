using System;
using Bulkhead.Partitions;

namespace Bulkhead.Arm64.El2;

/// <summary>The hypervisor's own lines.</summary>
internal static class HypervisorLog
{
    public static void Started(ulong resetCounter)
    {
        Text("Bulkhead: appliance "u8);
        Text(ApplianceTables.Name);
        Text(", "u8);
        Hex(Pool.Held);
        Text(" bytes of RAM held, "u8);
        Hex(SystemRegister.ReadCntpct() - resetCounter);
        Text(" ticks since reset\r\n"u8);
    }

    public static void Guest(int guest, ReadOnlySpan<byte> what)
    {
        Text("guest "u8);
        Hex((ulong)guest + 1);
        Text(" "u8);
        Text(what);
        Text("\r\n"u8);
    }

    /// <summary>What a guest's load took, in ticks of the system counter.</summary>
    public static void Load(int guest, in LoadPhases phases)
    {
        Guest(guest, "loaded; ticks:"u8);
        Line("  copy"u8, phases.Copy, "inflate"u8, phases.Inflate);
        Line("  hash"u8, phases.Hash, "scrub"u8, phases.Scrub);
    }

    public static void Line(ReadOnlySpan<byte> name1, ulong value1, ReadOnlySpan<byte> name2, ulong value2)
    {
        Text(name1);
        Text(" "u8);
        Hex(value1);
        Text(" "u8);
        Text(name2);
        Text(" "u8);
        Hex(value2);
        Text("\r\n"u8);
    }

    public static void Text(ReadOnlySpan<byte> text) => BoardConsole.Put(-1, text);

    private static void Hex(ulong value)
    {
        Text("0x"u8);
        bool started = false;
        for (int shift = 60; shift >= 0; shift -= 4)
        {
            uint digit = (uint)(value >> shift) & 15;
            if (!started && digit == 0 && shift != 0)
                continue;
            started = true;
            Text("0123456789abcdef"u8.Slice((int)digit, 1));
        }
    }
}
