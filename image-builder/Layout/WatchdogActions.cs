using System.Buffers.Binary;
using Bulkhead.Partitions;
using Register = Bulkhead.Devices.PortWatchdogRegister;

namespace Bulkhead.ImageBuilder.Layout;

/// <summary>
/// What follows the header of an ACPI WDAT (Microsoft, "Hardware Watchdog Timers Design Specification", watchdog action
/// table): how a kernel works the hypervisor's watchdog registers without a driver of their own.
/// </summary>
internal static class WatchdogActions
{
    private const byte ReadValue = 0, ReadCountdown = 1, WriteValue = 2, WriteCountdown = 3, Preserve = 0x80;
    private const byte SystemIo = 1, WordAccess = 3;
    private const int HeaderSize = 32, EntrySize = 24;
    // No PCI device; enabled, and not stopped in sleep.
    private const byte NotPci = 0xff, Enabled = 1;
    private const uint All = uint.MaxValue;

    /// <param name="port">The first of its ports.</param>
    public static byte[] Make(uint port)
    {
        byte[][] entries =
        [
            // Reset, query current countdown, query and set countdown period
            Entry(1, WriteValue, port + Register.Left, 0, 1, All),
            Entry(4, ReadCountdown, port + Register.Left, 0, 0, All),
            Entry(5, ReadCountdown, port + Register.Timeout, 0, 0, All),
            Entry(6, WriteCountdown, port + Register.Timeout, 0, 0, All),
            // Query and set running state, query and set stopped state
            Entry(8, ReadValue, port + Register.Control, 0, 1, 1),
            Entry(9, WriteValue | Preserve, port + Register.Control, 0, 1, 1),
            Entry(10, ReadValue, port + Register.Control, 0, 0, 1),
            Entry(11, WriteValue | Preserve, port + Register.Control, 0, 0, 1),
            // Query and set reboot
            Entry(16, ReadValue, port + Register.Control, 1, 1, 1),
            Entry(17, WriteValue | Preserve, port + Register.Control, 1, 1, 1),
            // Query and clear what ended the last life
            Entry(32, ReadValue, port + Register.Status, 0, 1, 1),
            Entry(33, WriteValue, port + Register.Status, 0, 1, 1),
        ];
        byte[] content = new byte[HeaderSize + entries.Length * EntrySize];
        BinaryPrimitives.WriteUInt32LittleEndian(content, HeaderSize);
        content.AsSpan(4, 2).Fill(NotPci);
        content[5] = 0;
        content.AsSpan(6, 3).Fill(NotPci);
        // A count is a millisecond.
        BinaryPrimitives.WriteUInt32LittleEndian(content.AsSpan(12), 1);
        BinaryPrimitives.WriteUInt32LittleEndian(content.AsSpan(16), WatchdogEntry.Longest);
        BinaryPrimitives.WriteUInt32LittleEndian(content.AsSpan(20), WatchdogEntry.Shortest);
        content[24] = Enabled;
        BinaryPrimitives.WriteUInt32LittleEndian(content.AsSpan(28), (uint)entries.Length);
        for (int i = 0; i < entries.Length; i++)
            entries[i].CopyTo(content, HeaderSize + i * EntrySize);
        return content;
    }

    private static byte[] Entry(byte action, byte instruction, uint port, byte bit, uint value, uint mask)
    {
        byte[] entry = new byte[EntrySize];
        entry[0] = action;
        entry[1] = instruction;
        // Generic address structure (ACPI 6.5, 5.2.3.2)
        entry[4] = SystemIo;
        entry[5] = 32;
        entry[6] = bit;
        entry[7] = WordAccess;
        BinaryPrimitives.WriteUInt64LittleEndian(entry.AsSpan(8), port);
        BinaryPrimitives.WriteUInt32LittleEndian(entry.AsSpan(16), value);
        BinaryPrimitives.WriteUInt32LittleEndian(entry.AsSpan(20), mask);
        return entry;
    }
}
