using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Bulkhead.BlackBox;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.BlackBox;

/// <summary>Takes a black box apart, whatever its bytes are: what does not check is left out.</summary>
public static class BoxReader
{
    /// <param name="memory">From the box's first byte; what is missing at the end counts as empty.</param>
    public static BoxContents Read(ReadOnlySpan<byte> memory)
    {
        List<CrashRecord> records = [];
        for (int owner = 0; owner < BlackBoxLayout.Owners; owner++)
        {
            for (uint copy = 0; copy < BlackBoxLayout.RecordsPerOwner; copy++)
            {
                if (TryRead(memory, BlackBoxLayout.Record(owner, copy), out CrashRecord record) && record.IsSound)
                    records.Add(record);
            }
        }
        List<BoxRun> runs = [];
        for (uint half = 0; half < BlackBoxLayout.Halves; half++)
        {
            if (TryRead(memory, BlackBoxLayout.RunHeader(half), out RunHeader header) && header.IsSound && header.Half == half)
                runs.Add(ReadRun(memory, in header));
        }
        return new BoxContents([.. runs.OrderBy(run => run.Header.Run)], [.. records.OrderBy(record => record.Sequence)]);
    }

    /// <summary>The box with the records that an image's crash area has beside it; most of them are in both.</summary>
    public static BoxContents WithLog(BoxContents box, ReadOnlySpan<byte> area)
    {
        List<CrashRecord> records = [.. box.Records];
        for (uint offset = 0; TryRead(area, offset, out CrashRecord record); offset += BlackBoxLayout.RecordStride)
        {
            if (record.IsSound && !records.Exists(other => other.Checksum == record.Checksum))
                records.Add(record);
        }
        return box with { Records = [.. records.OrderBy(record => record.Sequence)] };
    }

    /// <summary>A ring's entries, the oldest first.</summary>
    public static IReadOnlyList<TraceEntry> ReadRing(ReadOnlySpan<byte> ring)
    {
        ReadOnlySpan<TraceEntry> entries = MemoryMarshal.Cast<byte, TraceEntry>(ring);
        int newest = -1;
        for (int i = 0; i < entries.Length; i++)
        {
            if (entries[i].Time != 0 && (newest < 0 || entries[i].Time >= entries[newest].Time))
                newest = i;
        }
        List<TraceEntry> found = [];
        ulong before = ulong.MaxValue;
        // One less than there are: the entry behind the newest may be half overwritten.
        for (int i = 0; newest >= 0 && i < entries.Length - 1; i++)
        {
            TraceEntry entry = entries[(newest - i + entries.Length) % entries.Length];
            if (entry.Time == 0 || entry.Time > before)
                break;
            before = entry.Time;
            found.Add(entry);
        }
        found.Reverse();
        return found;
    }

    /// <summary>A console's bytes as text: what is not ASCII or a line's end becomes a dot.</summary>
    public static string Text(ReadOnlySpan<byte> bytes)
    {
        StringBuilder text = new(bytes.Length);
        foreach (byte value in bytes)
        {
            if (value is (byte)'\n' or (>= (byte)' ' and <= (byte)'~'))
                text.Append((char)value);
            else if (value != (byte)'\r')
                text.Append('.');
        }
        return text.ToString();
    }

    private static BoxRun ReadRun(ReadOnlySpan<byte> memory, in RunHeader header)
    {
        List<IReadOnlyList<TraceEntry>> exits = [], events = [];
        for (int cpu = 0; cpu < (int)header.CpuCount; cpu++)
        {
            exits.Add(header.IsTracing == 0 ? [] : ReadRing(Part(memory, BlackBoxLayout.ExitRing(header.Half, cpu), BlackBoxLayout.ExitRingSize)));
            events.Add(ReadRing(Part(memory, BlackBoxLayout.EventRing(header.Half, cpu), BlackBoxLayout.EventRingSize)));
        }
        List<string> consoles = [];
        for (int source = 0; source < BlackBoxLayout.Owners; source++)
            consoles.Add(TryRead(memory, BlackBoxLayout.Console(header.Half, source), out ConsoleTail tail) ? Text(Bytes(in tail)) : "");
        return new BoxRun(header, exits, events, consoles);
    }

    private static byte[] Bytes(in ConsoleTail tail)
    {
        byte[] bytes = new byte[Math.Min(tail.Count, ConsoleTail.Capacity)];
        for (uint i = 0; i < bytes.Length; i++)
            bytes[i] = tail.At(tail.Count - (uint)bytes.Length + i);
        return bytes;
    }

    private static ReadOnlySpan<byte> Part(ReadOnlySpan<byte> memory, uint offset, uint bytes) =>
        memory.Length >= offset + bytes ? memory.Slice((int)offset, (int)bytes) : default;

    private static bool TryRead<T>(ReadOnlySpan<byte> memory, uint offset, out T value) where T : unmanaged
    {
        value = default;
        if (memory.Length < offset + (uint)Unsafe.SizeOf<T>())
            return false;
        value = MemoryMarshal.Read<T>(memory[(int)offset..]);
        return true;
    }
}
