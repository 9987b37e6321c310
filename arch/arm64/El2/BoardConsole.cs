using System;
using Bulkhead.Memory;

namespace Bulkhead.Arm64.El2;

/// <summary>Stop-gap until the multiplexer: polled, one writer at a time.</summary>
internal static class BoardConsole
{
    private const ulong Dr = 0x00, LcrH = 0x2c, Cr = 0x30;

    private static ulong _uart;
    private static int _lock;
    private static int _source;
    private static bool _lineStart;

    /// <summary>Before the table is read, so that its errors have somewhere to go.</summary>
    public static void Initialize(HostPhys uart)
    {
        _uart = uart.Value;
        HostMap.AddFirst(uart.Value, uart, Pool.PageSize, HostAttributes.Device);
        Mmio.Write32(uart + LcrH, 0x70);
        Mmio.Write32(uart + Cr, 0x301);
        _lineStart = true;
        _source = -2;
    }

    public static void OnInterrupt()
    {
    }

    public static void Put(int guest, ReadOnlySpan<byte> text)
    {
        if (_uart == 0)
            return;
        while (System.Threading.Interlocked.CompareExchange(ref _lock, 1, 0) != 0)
            ;
        for (int i = 0; i < text.Length; i++)
            PutOne(guest, text[i]);
        System.Threading.Volatile.Write(ref _lock, 0);
    }

    private static void PutOne(int guest, byte value)
    {
        if (_source != guest && !_lineStart)
        {
            Raw(0x1f);
            Raw((byte)'\r');
            Raw((byte)'\n');
            _lineStart = true;
        }
        if (_lineStart)
        {
            Raw(0x1e);
            Name(guest);
            Raw((byte)'|');
            Raw((byte)' ');
            _lineStart = false;
            _source = guest;
        }
        Raw(value);
        if (value == (byte)'\n')
            _lineStart = true;
    }

    private static void Name(int guest)
    {
        if (guest < 0)
        {
            ReadOnlySpan<byte> own = "bulkhead"u8;
            for (int i = 0; i < own.Length; i++)
                Raw(own[i]);
            return;
        }
        ref readonly Bulkhead.Partitions.GuestEntry entry = ref ApplianceTables.Guest(guest);
        for (int i = 0; i < entry.Name.Length; i++)
            Raw(entry.Name[i]);
    }

    private static void Raw(byte value) => Instruction.MmioWrite32(_uart + Dr, value);
}
