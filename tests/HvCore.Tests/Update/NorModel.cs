using System;
using Bulkhead.Devices;
using Bulkhead.Memory;

namespace Bulkhead.Tests.Update;

/// <summary>
/// Two NOR chips of 16 bits side by side, with Intel's command set, written from JESD68 and the 28F128J3's data sheet
/// (290667): memory only in array mode, bits only cleared between erases, locked after a reset. What no driver may do throws.
/// </summary>
internal sealed class NorModel
{
    public const ulong Base = 0x28_0400_0000;
    private const int BlockBytes = 128 * 1024;

    [ThreadStatic]
    private static NorModel? s_current;

    private readonly bool[] _unlocked;
    private readonly byte[] _query = new byte[0x80];
    private Mode _mode;
    private uint _status = 0x80;
    private int _busy;
    private int _block;
    private int _left;
    private int _buffer;

    private enum Mode
    {
        Array,
        Status,
        Query,
        EraseSetup,
        LockSetup,
        BufferCount,
        BufferData,
        BufferConfirm,
    }

    public NorModel(int megabytes, int bufferBits, bool hasLocks)
    {
        s_current = this;
        Bytes = new byte[megabytes << 20];
        _unlocked = new bool[Bytes.Length / BlockBytes];
        if (!hasLocks)
            Array.Fill(_unlocked, true);
        BufferBytes = 1 << bufferBits;
        "QRY"u8.CopyTo(_query.AsSpan(0x10));
        _query[0x13] = 1;
        _query[0x15] = 0x31;
        _query[0x27] = (byte)(int.Log2(Bytes.Length) - 1);
        _query[0x2a] = (byte)bufferBits;
        _query[0x2c] = 1;
        _query[0x2d] = (byte)(_unlocked.Length - 1);
        // Of each chip, in 256 bytes.
        _query[0x30] = BlockBytes / 2 / 256 >> 8;
        "PRI"u8.CopyTo(_query.AsSpan(0x31));
        _query[0x36] = (byte)(hasLocks ? 0x20 : 0);
    }

    public byte[] Bytes { get; }
    public int BufferBytes { get; }
    public int Erases { get; private set; }
    public int Programs { get; private set; }
    public bool IsMemory => _mode == Mode.Array;
    /// <summary>The bank behind this one, made before it.</summary>
    public NorModel? Next { get; init; }

    /// <summary>The block, of this many bytes, that cannot be changed.</summary>
    public int? BadBlock { get; init; }

    /// <summary>Says of itself what is not so.</summary>
    public void SetQuery(int index, byte value) => _query[index] = value;

    private uint Read(ulong address)
    {
        int offset = (int)(address - Base);
        if (_busy > 0)
        {
            _busy--;
            return 0;
        }
        return _mode switch
        {
            Mode.Array => throw new InvalidOperationException("memory is read through the commands' window"),
            Mode.Query => _query[offset / 4] * 0x10001u,
            _ => _status * 0x10001u,
        };
    }

    private void Write(ulong address, uint value)
    {
        int offset = (int)(address - Base);
        if (_busy > 0)
            throw new InvalidOperationException("a command to chips that are busy");
        if (_mode == Mode.BufferData)
        {
            Data(offset, value);
            return;
        }
        if (value >> 16 != (value & 0xffff))
            throw new InvalidOperationException($"a command {value:x} to one chip alone");
        Command(offset, value & 0xffff);
    }

    private void Command(int offset, uint command)
    {
        switch (_mode)
        {
            case Mode.EraseSetup when command == 0xd0:
                Change(offset);
                if ((_status & 0x7f) == 0)
                    Bytes.AsSpan(_block * BlockBytes, BlockBytes).Fill(0xff);
                Erases++;
                return;
            case Mode.LockSetup when command == 0xd0:
                _unlocked[offset / BlockBytes] = true;
                _mode = Mode.Status;
                return;
            case Mode.BufferCount:
                _left = (int)command + 1;
                _buffer = offset / BufferBytes;
                if (_left * 2 > BufferBytes)
                    throw new InvalidOperationException("more than the buffer holds");
                _mode = Mode.BufferData;
                return;
            case Mode.BufferConfirm when command == 0xd0:
                Programs++;
                Change(offset);
                return;
            case Mode.Array or Mode.Status or Mode.Query:
                _mode = command switch
                {
                    0xff => Mode.Array,
                    0x98 => Mode.Query,
                    0x20 => Mode.EraseSetup,
                    0x60 => Mode.LockSetup,
                    0xe8 => Mode.BufferCount,
                    0x50 => Mode.Status,
                    _ => throw new InvalidOperationException($"command {command:x}"),
                };
                if (command == 0x50)
                    _status = 0x80;
                if (command == 0xe8)
                    _busy = 3;
                return;
            default:
                throw new InvalidOperationException($"command {command:x} in {_mode}");
        }
    }

    private void Change(int offset)
    {
        _block = offset / BlockBytes;
        _busy = 9;
        _mode = Mode.Status;
        if (!_unlocked[_block])
            _status |= 0x02;
        if (_block * BlockBytes == BadBlock)
            _status |= 0x20;
    }

    private void Data(int offset, uint value)
    {
        if (offset / BufferBytes != _buffer)
            throw new InvalidOperationException("data beyond the buffer");
        if (_unlocked[offset / BlockBytes] && offset / BlockBytes * BlockBytes != BadBlock)
        {
            for (int i = 0; i < 4; i++)
                Bytes[offset + i] &= (byte)(value >> 8 * i);
        }
        if (--_left == 0)
            _mode = Mode.BufferConfirm;
    }

    public readonly struct Window : IMmio32
    {
        public static uint Read32(HostPhys address) => Bank(ref address).Read(address.Value);
        public static void Write32(HostPhys address, uint value) => Bank(ref address).Write(address.Value, value);

        private static NorModel Bank(ref HostPhys address)
        {
            NorModel bank = s_current!;
            for (; bank.Next is not null && address.Value - Base >= (ulong)bank.Bytes.Length; bank = bank.Next)
                address = new(address.Value - (ulong)bank.Bytes.Length);
            return bank;
        }
    }
}
