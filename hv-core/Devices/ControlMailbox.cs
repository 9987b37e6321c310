using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;
using Bulkhead.Memory;
using Bulkhead.Partitions;
using Bulkhead.Update;

namespace Bulkhead.Devices;

/// <summary>
/// The control guest's mailbox (<see cref="Mailbox"/>). Ringing its bell has one command carried out, on the CPU that rings;
/// the answer is there when the guest goes on. There is one such guest at most.
/// </summary>
/// <remarks>
/// The guest may write the buffer at any time: the line is looked at in a copy, data are copied as they are taken, and
/// nothing that was written is read back.
/// </remarks>
/// <typeparam name="TRam">Reach to the guest's RAM.</typeparam>
/// <typeparam name="TService">What obeys the lines.</typeparam>
public static class ControlMailbox<TRam, TService>
    where TRam : struct, IRamAccess
    where TService : struct, ILineService
{
    private const int LineRoom = ControlLine.MaxLine + 1;

    private static GuestPhys _address;
    private static HostPhys _buffer;
    private static int _busy;
    private static LineBytes _line;
    private static ControlAnswer _answer;

    [InlineArray(LineRoom)]
    private struct LineBytes
    {
        private byte _first;
    }

    /// <summary>False when the buffer is not RAM of the guest, which no table says.</summary>
    public static bool TryCreate(in PartitionCore guest)
    {
        _address = guest.Entry.Mailbox.Buffer;
        return guest.TryTranslate(_address, Mailbox.BufferSize, out _buffer);
    }

    /// <summary>Anything but a register as a whole reads as zero.</summary>
    public static uint Read(uint offset, AccessSize size) => size != AccessSize.Word ? 0 : offset switch
    {
        Mailbox.Identity => Mailbox.IdentityValue,
        Mailbox.BufferLow => (uint)_address.Value,
        Mailbox.BufferHigh => (uint)(_address.Value >> 32),
        _ => 0,
    };

    /// <summary>On a CPU of the guest.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Write(uint offset, AccessSize size, uint value)
    {
        if (offset != Mailbox.Doorbell || size != AccessSize.Word)
            return;
        // While another vCPU's command is carried out nobody answers this one.
        if (Interlocked.CompareExchange(ref _busy, 1, 0) != 0)
            return;
        Obey(value <= Mailbox.DataSize ? (int)value : 0);
        Volatile.Write(ref _busy, 0);
    }

    private static void Obey(int count)
    {
        ReadOnlySpan<byte> line = TakeLine();
        if (line.Length == 0)
            return;
        HostPhys data = _buffer + Mailbox.Data, place = _buffer + Mailbox.Answer;
        if (count != 0)
            TRam.Flush(data, (ulong)count);
        _answer.Clear();
        TService.Obey(line, new(TRam.Open(data, count)), ref _answer);
        ReadOnlySpan<byte> answer = _answer.Bytes;
        ulong length = (ulong)(uint)answer.Length + 1;
        TRam.Flush(place, length);
        Span<byte> room = TRam.Open(place, (int)length);
        answer.CopyTo(room);
        room[answer.Length] = 0;
        TRam.Flush(place, length);
    }

    // Up to its end; one byte longer than MaxLine where that is not in sight.
    private static ReadOnlySpan<byte> TakeLine()
    {
        HostPhys place = _buffer + Mailbox.Line;
        TRam.Flush(place, LineRoom);
        Span<byte> line = MemoryMarshal.CreateSpan(ref _line[0], LineRoom);
        TRam.Open(place, LineRoom).CopyTo(line);
        int length = 0;
        while (length < LineRoom && line[length] is not ((byte)'\r' or (byte)'\n' or 0))
            length++;
        return line.Slice(0, length);
    }
}
