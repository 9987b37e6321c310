using System;
using Bulkhead.Memory;

namespace Bulkhead.Arm64.El2;

/// <summary>Hypercall console write: X1 guest physical address, X2 bytes.</summary>
internal static class ConsoleWrite
{
    private const ulong Most = 4096;

    public static ulong Handle(ref Vcpu vcpu)
    {
        GuestPhys address = new(vcpu.Context.X[1]);
        ulong bytes = vcpu.Context.X[2];
        // The whole range must be the guest's, also what is beyond one call's share.
        if (!vcpu.Partition.Core.TryTranslate(address, bytes, out _))
            return Psci.InvalidParameters;
        Span<byte> text = new GuestMemory(vcpu.Core.Guest).Open(address, (int)Math.Min(bytes, Most));
        return (ulong)(uint)GuestDevices.WriteBuffer(ref vcpu, text);
    }
}
