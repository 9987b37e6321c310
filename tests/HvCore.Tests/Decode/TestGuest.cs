using System;
using System.Buffers.Binary;
using Bulkhead.Memory;
using Bulkhead.X86.Decode;

namespace Bulkhead.HvCore.Tests.Decode;

internal readonly struct TestGuest(TestMachine machine) : IGuestCpu
{
    public ulong Cr0 => machine.Cr0;
    public ulong Cr3 => machine.Cr3;
    public ulong Cr4 => machine.Cr4;
    public ulong Efer => machine.Efer;
    public CpuMode Mode => machine.Mode;
    public uint Cpl => machine.Cpl;

    public ulong SegmentBase(Segment segment)
    {
        if (machine.Mode == CpuMode.Bits64 && segment < Segment.Fs)
            throw new InvalidOperationException($"{segment} has no base in 64-bit mode");
        return machine.SegmentBases[(int)segment];
    }

    public Span<byte> Ram(GuestPhys address, int bytes) => machine.Open(address, bytes);

    public ulong ReadDevice(GuestPhys address, uint bytes)
    {
        Span<byte> value = stackalloc byte[8];
        value.Fill(0xcc);                               // what does not count
        machine.DeviceBytes(address, bytes).CopyTo(value);
        machine.Log.Add($"read {bytes}");
        return BinaryPrimitives.ReadUInt64LittleEndian(value);
    }

    public void WriteDevice(GuestPhys address, uint bytes, ulong value)
    {
        if (bytes < 8 && value >> (int)(bytes * 8) != 0)
            throw new InvalidOperationException($"{value:x} is wider than {bytes}");
        Span<byte> all = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(all, value);
        all[..(int)bytes].CopyTo(machine.DeviceBytes(address, bytes));
        machine.Log.Add($"write {bytes}");
    }

    public uint ReadPort(ushort port, uint bytes)
    {
        machine.Log.Add($"in {port:x} {bytes}");
        return machine.PortInput.Dequeue() | (bytes == 4 ? 0 : 0xcccccccc << (int)(bytes * 8));
    }

    public void WritePort(ushort port, uint bytes, uint value)
    {
        machine.Log.Add($"out {port:x} {bytes}");
        machine.PortOutput.Add(value);
    }
}
