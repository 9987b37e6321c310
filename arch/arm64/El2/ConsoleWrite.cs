using System;
using Bulkhead.Memory;

namespace Bulkhead.Arm64.El2;

/// <summary>Hypercall console write: X1 guest physical address, X2 bytes.</summary>
internal static class ConsoleWrite
{
    private const ulong Most = 4096;

    public static ulong Handle(ref Vcpu vcpu)
    {
        ulong bytes = Math.Min(vcpu.Context.X[2], Most);
        GuestMemory memory = new(vcpu.Guest);
        Span<byte> text = memory.Open(new GuestPhys(vcpu.Context.X[1]), (int)bytes);
        if ((ulong)(uint)text.Length < bytes)
            return Psci.InvalidParameters;
        return (ulong)(uint)GuestDevices.WriteBuffer(ref vcpu, text);
    }
}
