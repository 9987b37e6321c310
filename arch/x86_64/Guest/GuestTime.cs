using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bulkhead.Memory;
using Bulkhead.X86.Policy;

namespace Bulkhead.X86.Guest;

/// <summary>The clocks in a guest's memory, where it asked for them by MSR. An address that is not its RAM is refused.</summary>
internal static class GuestTime
{
    public static bool TryWriteClock(ref Vcpu vcpu, ulong msr)
    {
        Span<byte> bytes = Open(ref vcpu, msr, PvClockTime.Size);
        if (bytes.Length == 0)
            return false;
        Unsafe.As<byte, PvClockTime>(ref MemoryMarshal.GetReference(bytes)).Write(in vcpu.Partition.Clock);
        return true;
    }

    public static bool TryWriteWallClock(ref Vcpu vcpu, ulong msr)
    {
        Span<byte> bytes = Open(ref vcpu, msr, PvWallClock.Size);
        if (bytes.Length == 0)
            return false;
        Unsafe.As<byte, PvWallClock>(ref MemoryMarshal.GetReference(bytes)).Write(in vcpu.Partition.Clock);
        return true;
    }

    private static Span<byte> Open(ref Vcpu vcpu, ulong msr, uint bytes) =>
        vcpu.Partition.Core.TryTranslate(new(GuestClock.AddressIn(msr)), bytes, out HostPhys host) ? X86.Open(host, (int)bytes) : default;
}
