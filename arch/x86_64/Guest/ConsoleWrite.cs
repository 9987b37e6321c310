using System;
using Bulkhead.Memory;
using Bulkhead.X86.Decode;

namespace Bulkhead.X86.Guest;

/// <summary>Hypercall console write: RDI guest physical address, RSI bytes.</summary>
internal static class ConsoleWrite
{
    private const ulong Most = 4096;
    private const ulong InvalidParameters = ulong.MaxValue - 1;

    public static ulong Handle(ref Vcpu vcpu)
    {
        GuestPhys address = new(vcpu.Registers[GuestRegisters.Rdi]);
        ulong bytes = vcpu.Registers[GuestRegisters.Rsi];
        // The whole range must be the guest's, also what is beyond one call's share.
        if (!vcpu.Partition.Core.TryTranslate(address, bytes, out _))
            return InvalidParameters;
        Span<byte> text = new GuestMemory(vcpu.Core.Guest).Open(address, (int)Math.Min(bytes, Most));
        return (ulong)(uint)GuestDevices.WriteBuffer(ref vcpu, text);
    }
}
