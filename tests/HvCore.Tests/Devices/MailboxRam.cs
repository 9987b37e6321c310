using System;
using Bulkhead.Devices;
using Bulkhead.Memory;
using Bulkhead.Partitions;

namespace Bulkhead.Tests.Core;

/// <summary>
/// A guest's RAM with a mailbox's buffer in its midst. A cache lies before it that the guest goes past: what either side
/// writes the other sees after a flush only.
/// </summary>
internal readonly struct MailboxRam : IRamAccess
{
    public const ulong Host = 0x5000_0000, Guest = 0x4000_0000, Size = 0x4_0000, Buffer = 0x1_0000;

    [ThreadStatic]
    private static byte[]? s_memory, s_cache, s_clean;

    /// <summary>Called whenever a stretch of the buffer is reached for: the guest's other CPUs never rest.</summary>
    [ThreadStatic]
    public static Action? Meanwhile;

    public static byte[] Memory => s_memory!;

    public static byte[] Cache => s_cache!;

    public static Span<byte> BufferBytes => Memory.AsSpan((int)Buffer, (int)Mailbox.BufferSize);

    /// <summary>A guest that has all of it, and the role.</summary>
    public static PartitionCore Create()
    {
        s_memory = new byte[Size];
        s_cache = new byte[Size];
        s_clean = new byte[Size];
        Meanwhile = null;
        PartitionCore guest = default;
        guest.Entry.MappingCount = 1;
        guest.Entry.Mapping[0] = new() { Guest = new(Guest), Host = new(Host), Size = Size, Kind = MappingKind.Ram };
        guest.Entry.Flags = GuestFlags.Control;
        guest.Entry.Mailbox = new() { Registers = new(0x0905_0000), Buffer = new(Guest + Buffer) };
        return guest;
    }

    public static Span<byte> Open(HostPhys address, int bytes)
    {
        Meanwhile?.Invoke();
        return Cache.AsSpan((int)(address.Value - Host), bytes);
    }

    public static void Zero(Span<byte> bytes) => bytes.Clear();

    public static void Publish(HostPhys address, ulong bytes) => throw new NotSupportedException();

    // Lines that were written go to memory, and all of them come anew.
    public static void Flush(HostPhys address, ulong bytes)
    {
        int from = (int)(address.Value - Host) & ~63, to = ((int)(address.Value - Host + bytes) + 63) & ~63;
        for (int line = from; line < to; line += 64)
        {
            Span<byte> cached = Cache.AsSpan(line, 64), memory = Memory.AsSpan(line, 64);
            if (!cached.SequenceEqual(s_clean.AsSpan(line, 64)))
                cached.CopyTo(memory);
            memory.CopyTo(cached);
            memory.CopyTo(s_clean.AsSpan(line, 64));
        }
    }

    /// <summary>A line that was not written comes anew, as it may at any time.</summary>
    public static void Refetch(int at)
    {
        int line = at & ~63;
        if (Cache.AsSpan(line, 64).SequenceEqual(s_clean.AsSpan(line, 64)))
            Flush(new(Host + (ulong)line), 64);
    }

    public static void CompletePublish() => throw new NotSupportedException();
}
