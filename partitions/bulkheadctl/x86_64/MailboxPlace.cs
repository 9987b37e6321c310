using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bulkhead.ControlTool;

/// <summary>Where the mailbox's registers are: what ACPI says, as the kernel's map of addresses shows it.</summary>
internal static class MailboxPlace
{
    private const int Capacity = 4096;

    [InlineArray(Capacity)]
    private struct Room
    {
        private byte _first;
    }

    private static Room _map;

    /// <summary>Looks for the line `FROM-TO : BLKH0001:00`.</summary>
    public static bool TryFind(out ulong address)
    {
        address = 0;
        int file = Linux.Open("/proc/iomem\0"u8, Linux.ReadOnly);
        if (file < 0)
            return false;
        Span<byte> map = MemoryMarshal.CreateSpan(ref _map[0], Capacity);
        int length = 0, count;
        while (length < Capacity && (count = Linux.Read(file, map.Slice(length))) > 0)
            length += count;
        Linux.Close(file);
        for (int start = 0, end = 0; end < length; end++)
        {
            if (map[end] != (byte)'\n')
                continue;
            ReadOnlySpan<byte> line = map.Slice(start, end - start);
            start = end + 1;
            ReadOnlySpan<byte> name = " : BLKH0001:00"u8;
            if (line.Length < name.Length || !line.Slice(line.Length - name.Length).SequenceEqual(name))
                continue;
            address = FirstNumber(line);
            return true;
        }
        return false;
    }

    // What is inside something else is indented.
    private static ulong FirstNumber(ReadOnlySpan<byte> line)
    {
        ulong value = 0;
        for (int i = 0; i < line.Length && line[i] != (byte)'-'; i++)
        {
            if (line[i] != (byte)' ')
                value = value << 4 | (uint)(line[i] <= (byte)'9' ? line[i] - '0' : line[i] - 'a' + 10);
        }
        return value;
    }
}
