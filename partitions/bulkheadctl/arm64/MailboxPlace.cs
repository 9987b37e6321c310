using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bulkhead.ControlTool;

/// <summary>Where the mailbox's registers are: the device tree's node that the alias `mailbox` names.</summary>
internal static class MailboxPlace
{
    private const int Capacity = 128;

    [InlineArray(Capacity)]
    private struct Room
    {
        private byte _first;
    }

    public static bool TryFind(out ulong address)
    {
        address = 0;
        Room node = default, cells = default;
        Span<byte> path = MemoryMarshal.CreateSpan(ref node[0], Capacity), registers = MemoryMarshal.CreateSpan(ref cells[0], Capacity);
        int length = Read("/proc/device-tree/aliases/mailbox\0"u8, path);
        // Its last byte is a zero.
        if (length < 2)
            return false;
        CommandText file = default;
        file.Add("/proc/device-tree"u8);
        file.Add(path.Slice(0, length - 1));
        file.Add("/reg\0"u8);
        // Two cells each for address and size, big endian.
        if (Read(CommandText.Of(in file), registers) < 2 * sizeof(ulong))
            return false;
        for (int i = 0; i < sizeof(ulong); i++)
            address = address << 8 | registers[i];
        return true;
    }

    private static int Read(ReadOnlySpan<byte> path, Span<byte> room)
    {
        int file = Linux.Open(path, Linux.ReadOnly);
        if (file < 0)
            return file;
        int count = Linux.Read(file, room);
        Linux.Close(file);
        return count;
    }
}
