using System;
using Bulkhead.Diagnostics;

namespace Bulkhead.X86.Host;

/// <summary>The hypervisor's own lines.</summary>
internal static class HypervisorLog
{
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

    /// <summary>Says why and stops the board. Does not return.</summary>
    public static void Refuse(ReadOnlySpan<byte> why)
    {
        LogLine line = default;
        line.Add("refused: "u8);
        line.Add(why);
        Write(ref line);
        BoardStop.Stop();
    }

    public static void Write(ref LogLine line)
    {
        EarlyUart.Write(line.Bytes);
        EarlyUart.Write("\r\n"u8);
    }
}
