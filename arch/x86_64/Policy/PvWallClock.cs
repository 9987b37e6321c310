using System.Runtime.InteropServices;
using System.Threading;

namespace Bulkhead.X86.Policy;

/// <summary>The time of day when the guest's clock was zero (MSR_KVM_WALL_CLOCK_NEW).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PvWallClock
{
    public const uint Size = 12;

    /// <summary>Odd while the rest is being written.</summary>
    public uint Version;
    public uint Seconds;
    public uint Nanoseconds;

    public void Write(in GuestClock clock)
    {
        uint version = Volatile.Read(ref Version) | 1;
        Volatile.Write(ref Version, version);
        Interlocked.MemoryBarrier();
        Seconds = clock.WallSeconds;
        Nanoseconds = clock.WallNanoseconds;
        Volatile.Write(ref Version, version + 1);
    }
}
