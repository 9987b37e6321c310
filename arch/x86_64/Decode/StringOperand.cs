using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;
using Bulkhead.Memory;

namespace Bulkhead.X86.Decode;

/// <summary>One element of a string at its place: RAM, on one page or across two, or a device.</summary>
internal ref struct StringOperand<TGuest> where TGuest : struct, IGuestCpu
{
    private const uint PageBytes = 4096;
    private const ulong Cr4La57 = 1 << 12;

    private GuestPhys _address;
    // Empty for a device. The second holds what lies on the next page.
    private Span<byte> _ram, _rest;

    /// <summary>Done when the element can be reached. Segment limits are not checked.</summary>
    public EmulationStatus Find(
        ref TGuest guest, in GuestRegisters registers, in MemoryInstruction instruction, byte pointer, Segment segment,
        LinearAccess access, ref PageFault fault)
    {
        ulong linear = registers.Read(pointer, instruction.AddressSize);
        if (instruction.Mode != CpuMode.Bits64)
            linear = (uint)(linear + guest.SegmentBase(segment));
        else if (segment >= Segment.Fs)
            linear += guest.SegmentBase(segment);
        uint size = instruction.MemorySize;
        if (instruction.Mode == CpuMode.Bits64 && !(IsCanonical(ref guest, linear) && IsCanonical(ref guest, linear + size - 1)))
            return EmulationStatus.GeneralProtection;
        if (guest.Cpl == 3)
            access |= LinearAccess.User;

        uint here = Math.Min(size, PageBytes - (uint)(linear & (PageBytes - 1)));
        EmulationStatus status = Translate(ref guest, linear, access, registers.Rflags, out _address, ref fault);
        if (status != EmulationStatus.Done)
            return status;
        _ram = guest.Ram(_address, (int)here);
        if (here == size)
            return EmulationStatus.Done;

        ulong next = linear + here;
        if (instruction.Mode != CpuMode.Bits64)
            next = (uint)next;
        status = Translate(ref guest, next, access, registers.Rflags, out GuestPhys second, ref fault);
        if (status != EmulationStatus.Done)
            return status;
        _rest = guest.Ram(second, (int)(size - here));
        return _ram.IsEmpty || _rest.IsEmpty ? EmulationStatus.NotSupported : EmulationStatus.Done;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public readonly ulong Read(ref TGuest guest, uint size)
    {
        if (_ram.IsEmpty)
            return Emulator<TGuest>.ReadSeldom(ref guest, _address, size);
        if (_rest.IsEmpty)
            return size switch
            {
                1 => Volatile.Read(ref _ram[0]),
                2 => Volatile.Read(ref MemoryMarshal.AsRef<ushort>(_ram)),
                4 => Volatile.Read(ref MemoryMarshal.AsRef<uint>(_ram)),
                _ => Volatile.Read(ref MemoryMarshal.AsRef<ulong>(_ram)),
            };
        ulong value = 0;
        for (int i = 0; i < (int)size; i++)
            value |= (ulong)Volatile.Read(ref Byte(i)) << 8 * i;
        return value;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public readonly void Write(ref TGuest guest, uint size, ulong value)
    {
        if (_ram.IsEmpty)
        {
            Emulator<TGuest>.WriteSeldom(ref guest, _address, size, value);
        }
        else if (_rest.IsEmpty)
        {
            if (size == 1)
                Volatile.Write(ref _ram[0], (byte)value);
            else if (size == 2)
                Volatile.Write(ref MemoryMarshal.AsRef<ushort>(_ram), (ushort)value);
            else if (size == 4)
                Volatile.Write(ref MemoryMarshal.AsRef<uint>(_ram), (uint)value);
            else
                Volatile.Write(ref MemoryMarshal.AsRef<ulong>(_ram), value);
        }
        else
        {
            for (int i = 0; i < (int)size; i++)
                Volatile.Write(ref Byte(i), (byte)(value >> 8 * i));
        }
    }

    private readonly ref byte Byte(int index) =>
        ref index < _ram.Length ? ref _ram[index] : ref _rest[index - _ram.Length];

    private static EmulationStatus Translate(
        ref TGuest guest, ulong linear, LinearAccess access, ulong rflags, out GuestPhys physical, ref PageFault fault)
    {
        switch (PageWalk<TGuest>.Translate(ref guest, linear, access, rflags, out physical, out PageFault refused))
        {
            case WalkStatus.Ok:
                return EmulationStatus.Done;
            case WalkStatus.Fault:
                fault = refused;
                return EmulationStatus.PageFault;
            case WalkStatus.Raced:
                return EmulationStatus.Retry;
            default:
                return EmulationStatus.NotSupported;
        }
    }

    private static bool IsCanonical(ref TGuest guest, ulong linear)
    {
        int unused = (guest.Cr4 & Cr4La57) != 0 ? 7 : 16;
        return (ulong)((long)(linear << unused) >> unused) == linear;
    }
}
