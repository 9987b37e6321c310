using System;
using System.Runtime;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bulkhead.Devices;

namespace Bulkhead.ControlTool;

/// <summary>The control guest's mailbox by way of /dev/mem, which maps what is no RAM also where STRICT_DEVMEM is set.</summary>
internal unsafe struct MappedMailbox : IMailbox
{
    private byte* _registers;
    private byte* _buffer;

    /// <summary>False when there is none, it cannot be mapped, or another process has it.</summary>
    public bool TryOpen()
    {
        if (!MailboxPlace.TryFind(out ulong registers))
            return false;
        int file = Linux.Open("/dev/mem\0"u8, Linux.ReadWrite | Linux.Synchronous);
        if (file < 0)
            return false;
        if (Linux.TryLock(file) && (_registers = Linux.Map(file, registers, Mailbox.RegistersSize)) != null
            && Read(_registers + Mailbox.Identity) == Mailbox.IdentityValue)
        {
            ulong buffer = Read(_registers + Mailbox.BufferLow) | (ulong)Read(_registers + Mailbox.BufferHigh) << 32;
            _buffer = Linux.Map(file, buffer, Mailbox.BufferSize);
            // The lock lasts as long as the file is open: until this process ends.
            if (_buffer != null)
                return true;
        }
        Linux.Close(file);
        return false;
    }

    public readonly void Put(uint offset, ReadOnlySpan<byte> bytes)
    {
        int whole = bytes.Length / sizeof(ulong) * sizeof(ulong);
        if (whole != 0)
            CopyTo(_buffer + offset, AddressOf(bytes), (ulong)whole / sizeof(ulong));
        ulong rest = 0;
        for (int i = whole; i < bytes.Length; i++)
            rest |= (ulong)bytes[i] << 8 * (i - whole);
        if (whole != bytes.Length)
            CopyTo(_buffer + offset + whole, (byte*)&rest, 1);
    }

    public readonly void Get(uint offset, Span<byte> room) => CopyFrom(AddressOf(room), _buffer + offset, (ulong)room.Length / sizeof(ulong));

    public readonly void Ring(uint data) => Write(_registers + Mailbox.Doorbell, data);

    private static byte* AddressOf(ReadOnlySpan<byte> bytes) => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(bytes));

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Device_Read32")]
    private static extern uint Read(byte* register);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Device_Write32")]
    private static extern void Write(byte* register, uint value);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Device_CopyTo")]
    private static extern void CopyTo(byte* device, byte* memory, ulong words);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Device_CopyFrom")]
    private static extern void CopyFrom(byte* memory, byte* device, ulong words);
}
