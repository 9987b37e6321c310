using System.Runtime.InteropServices;
using System.Threading;

namespace Bulkhead.X86.Policy;

/// <summary>
/// A vCPU's clock in its guest's memory: nanoseconds are SystemTime + (TSC - TscTimestamp) scaled by Multiplier and
/// Shift. The layout is KVM's and Xen's (Linux Documentation/virt/kvm/x86/msr.rst, MSR_KVM_SYSTEM_TIME_NEW).
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct PvClockTime
{
    public const uint Size = 32;

    /// <summary>Odd while the rest is being written.</summary>
    public uint Version;
    public uint Reserved;
    public ulong TscTimestamp;
    public ulong SystemTime;
    public uint Multiplier;
    public sbyte Shift;
    public byte Flags;
    public ushort Reserved2;

    /// <summary>Flag: the same on every vCPU, so readers need not keep order among themselves.</summary>
    public const byte Stable = 1;

    /// <summary>
    /// Writes the clock of <paramref name="clock"/>. The guest's TSC begins at zero when its time does, so the pair of
    /// timestamps is 0 and 0 on every vCPU, now and later: all of them compute the same function.
    /// </summary>
    public void Write(in GuestClock clock)
    {
        uint version = Volatile.Read(ref Version) | 1;
        Volatile.Write(ref Version, version);
        Interlocked.MemoryBarrier();
        TscTimestamp = 0;
        SystemTime = 0;
        Multiplier = clock.Scale.Multiplier;
        Shift = clock.Scale.Shift;
        Flags = clock.IsStable ? Stable : (byte)0;
        Volatile.Write(ref Version, version + 1);
    }
}
