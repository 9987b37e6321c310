using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using Bulkhead.X86.Disk;

namespace Bulkhead.Tests.Disk;

/// <summary>
/// An ATA channel at its ports, written from ATA/ATAPI-8 ACS and APT: registers two deep, busy for a while after every
/// command and sector, data only while DRQ is set. Accesses that no driver may make throw.
/// </summary>
public sealed class AtaModel
{
    public const ushort Port = 0x170, Control = 0x376;

    [ThreadStatic]
    private static AtaModel? _current;

    private readonly byte[][] _registers = [[], [], [0, 0], [0, 0], [0, 0], [0, 0]];
    private readonly Queue<uint> _data = new();
    private byte _device;
    private int _busy;
    private bool _error;
    private uint _sectorsLeft;
    private uint _sectorsAtOnce;
    private byte _multiple;
    private ulong _next;
    private bool _isWriting;

    public AtaModel() => Use();

    public void Use() => _current = this;

    /// <summary>None: what reads from an empty channel.</summary>
    public byte? EmptyChannel { get; init; }
    public byte[] Disk { get; init; } = [];
    public ulong? ClaimedSectors { get; init; }
    public bool IsPacketDevice { get; init; }
    public bool HasLba48 { get; init; } = true;
    public bool HasLargeSectors { get; init; }
    public ulong? BadSector { get; init; }

    /// <summary>So many reads of the bad sector fail.</summary>
    public int BadReads { get; set; } = int.MaxValue;
    public bool NeverReady { get; init; }
    public bool InterruptsAreOff { get; private set; }
    public int Commands { get; private set; }

    /// <summary>IDENTIFY's word 47.</summary>
    public byte MostAtOnce { get; init; } = 16;
    public bool RefusesMultiple { get; init; }

    /// <summary>Sectors that were written since the last flush.</summary>
    public int Unflushed { get; private set; }

    private byte Status(bool counts)
    {
        if (_busy > 0 || NeverReady)
        {
            if (counts)
                _busy--;
            return 0x80 | 0x08 | 0x01;
        }
        return (byte)((IsPacketDevice ? 0 : 0x40) | (_data.Count != 0 || _isWriting ? 0x08 : 0) | (_error ? 0x01 : 0));
    }

    private byte In8(ushort port)
    {
        if (EmptyChannel is { } value)
            return value;
        return port switch
        {
            Port + 7 => Status(true),
            Control => Status(true),
            _ => throw new InvalidOperationException($"read of port {port:x}"),
        };
    }

    private void Out8(ushort port, byte value)
    {
        if (port == Control)
        {
            InterruptsAreOff = (value & 2) != 0;
            return;
        }
        if (EmptyChannel != null)
            return;
        // The device ignores writes while it is busy or has data (APT 5.2): a driver that makes them is wrong.
        if ((Status(false) & 0x88) != 0 && !NeverReady && port != Port + 6)
            throw new InvalidOperationException("a register is written while the drive is busy");
        switch (port)
        {
            case >= Port + 2 and <= Port + 5:
                byte[] register = _registers[port - Port];
                (register[1], register[0]) = (register[0], value);
                break;
            case Port + 6:
                _device = value;
                break;
            case Port + 7:
                Command(value);
                break;
            default:
                throw new InvalidOperationException($"write of port {port:x}");
        }
    }

    private void Command(byte command)
    {
        Commands++;
        _busy = 7;
        _error = false;
        _data.Clear();
        (_isWriting, _sectorsLeft) = (false, 0);
        if ((_device & 0x10) != 0)
            _error = true;
        else if (command == 0xec)
            Identify();
        else if (command == 0xc6 && !RefusesMultiple && _registers[2][0] <= MostAtOnce)
            _multiple = _registers[2][0];
        else if (command == 0xea)
            Unflushed = 0;
        else if (command is 0x24 or 0x29 or 0x34 && (command != 0x29 || _multiple != 0) && (_device & 0x40) != 0 && !IsPacketDevice)
        {
            _sectorsLeft = (uint)(_registers[2][0] | _registers[2][1] << 8);
            if (_sectorsLeft == 0)
                _sectorsLeft = 65536;
            _sectorsAtOnce = command == 0x29 ? _multiple : 1u;
            _next = 0;
            for (int i = 0; i < 3; i++)
                _next |= (ulong)_registers[3 + i][0] << 8 * i | (ulong)_registers[3 + i][1] << 24 + 8 * i;
            if (command == 0x34)
                WantSector();
            else
                Sector();
        }
        else
            _error = true;
    }

    private void WantSector()
    {
        _busy = 5;
        _error = _sectorsLeft != 0 && (BadSector == _next || _next >= (ulong)Disk.Length / 512);
        _isWriting = _sectorsLeft != 0 && !_error;
    }

    private void Out32Block(ushort port, ReadOnlySpan<byte> bytes)
    {
        if (port != Port || _busy > 0 || !_isWriting || bytes.Length != 512)
            throw new InvalidOperationException("data is written that nobody wants");
        bytes.CopyTo(Disk.AsSpan((int)_next * 512));
        Unflushed++;
        _next++;
        _sectorsLeft--;
        WantSector();
    }

    private void Sector()
    {
        if (_sectorsLeft == 0)
            return;
        _busy = 5;
        uint count = Math.Min(_sectorsLeft, _sectorsAtOnce);
        if (BadSector - _next < count && BadReads-- > 0 || _next + count > (ulong)Disk.Length / 512)
        {
            _error = true;
            return;
        }
        _sectorsLeft -= count;
        Fill(Disk.AsSpan((int)_next * 512, (int)count * 512));
        _next += count;
    }

    private void Identify()
    {
        if (IsPacketDevice)
        {
            _error = true;
            return;
        }
        byte[] words = new byte[512];
        BinaryPrimitives.WriteUInt16LittleEndian(words.AsSpan(2 * 47), (ushort)(0x8000 | MostAtOnce));
        BinaryPrimitives.WriteUInt16LittleEndian(words.AsSpan(2 * 83), (ushort)(0x4000 | (HasLba48 ? 1 << 10 : 0)));
        BinaryPrimitives.WriteUInt16LittleEndian(words.AsSpan(2 * 106), (ushort)(HasLargeSectors ? 0x5000 : 0x6003));
        BinaryPrimitives.WriteUInt64LittleEndian(words.AsSpan(2 * 100), ClaimedSectors ?? (ulong)Disk.Length / 512);
        Fill(words);
    }

    private void Fill(ReadOnlySpan<byte> bytes)
    {
        foreach (uint word in MemoryMarshal.Cast<byte, uint>(bytes))
            _data.Enqueue(word);
    }

    private void In32Block(ushort port, Span<byte> room)
    {
        foreach (ref uint word in MemoryMarshal.Cast<byte, uint>(room))
        {
            if (port != Port || _busy > 0 || _data.Count == 0)
                throw new InvalidOperationException("data is read that is not there");
            word = _data.Dequeue();
        }
        if (_data.Count == 0)
            Sector();
    }

    public readonly struct Ports : IAtaPorts
    {
        public static byte In8(ushort port) => _current!.In8(port);
        public static void Out8(ushort port, byte value) => _current!.Out8(port, value);
        public static void In32Block(ushort port, Span<byte> room) => _current!.In32Block(port, room);
        public static void Out32Block(ushort port, ReadOnlySpan<byte> bytes) => _current!.Out32Block(port, bytes);
        public static ushort In16(ushort port) => throw new NotSupportedException();
        public static uint In32(ushort port) => throw new NotSupportedException();
        public static void Out16(ushort port, ushort value) => throw new NotSupportedException();
        public static void Out32(ushort port, uint value) => throw new NotSupportedException();
    }
}
