using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using Bulkhead.Memory;
using Bulkhead.X86.Decode;

namespace Bulkhead.HvCore.Tests.Decode;

/// <summary>A guest's RAM, its devices (memory as well, in another array) and its ports, with a log of what was touched.</summary>
internal sealed class TestMachine
{
    public const ulong RamBase = 0x10_0000;

    public const int RamPages = 64;

    // A guest's RAM does not move.
    public readonly byte[] Ram = GC.AllocateArray<byte>(RamPages * 4096, pinned: true);
    public readonly List<string> Log = [];
    public readonly Queue<uint> PortInput = [];
    public readonly List<uint> PortOutput = [];

    public byte[] Device = [];
    public ulong DeviceBase = 0xfee0_0000;

    public ulong Cr0 = 0x8001_0001, Cr3 = RamBase, Cr4 = 0x20, Efer = 0xd00;
    public CpuMode Mode = CpuMode.Bits64;
    public uint Cpl;
    public readonly ulong[] SegmentBases = new ulong[6];

    // Called before every access to RAM: another vCPU at work.
    public Action? Meanwhile;

    public Span<byte> Open(GuestPhys address, int bytes)
    {
        Meanwhile?.Invoke();
        ulong offset = address.Value - RamBase;
        return offset < (ulong)Ram.Length && (ulong)bytes <= (ulong)Ram.Length - offset ? Ram.AsSpan((int)offset, bytes) : default;
    }

    public Span<byte> DeviceBytes(GuestPhys address, uint bytes)
    {
        ulong offset = address.Value - DeviceBase;
        if (offset >= (ulong)Device.Length || bytes > (ulong)Device.Length - offset)
            throw new InvalidOperationException($"no device at {address.Value:x}");
        return Device.AsSpan((int)offset, (int)bytes);
    }

    public ulong Entry(ulong address, int bytes = 8) => bytes == 8
        ? BinaryPrimitives.ReadUInt64LittleEndian(Ram.AsSpan((int)(address - RamBase)))
        : BinaryPrimitives.ReadUInt32LittleEndian(Ram.AsSpan((int)(address - RamBase)));

    public void SetEntry(ulong address, ulong value, int bytes = 8)
    {
        Span<byte> entry = Ram.AsSpan((int)(address - RamBase), bytes);
        if (bytes == 8)
            BinaryPrimitives.WriteUInt64LittleEndian(entry, value);
        else
            BinaryPrimitives.WriteUInt32LittleEndian(entry, (uint)value);
    }
}
