using System;
using System.Runtime.CompilerServices;
using Bulkhead.Devices;
using Bulkhead.Diagnostics;
using Bulkhead.Lifecycle;
using Bulkhead.Memory;
using Bulkhead.Partitions;
using Bulkhead.Update;

namespace Bulkhead.Vcpus;

/// <summary>This hypervisor's own calls, the same on every architecture (docs/abi.md); how they are made is the architecture's.</summary>
public static class HypervisorCall<TArch> where TArch : struct, IArch
{
    public const uint Version = 0xc600_0010, Features = 0xc600_0011, GuestIdentity = 0xc600_0012, ConsoleWrite = 0xc600_0013;
    public const uint WatchdogStart = 0xc600_0015, WatchdogFeed = 0xc600_0016, WatchdogStop = 0xc600_0017, WatchdogStatus = 0xc600_0018;
    /// <summary>The guest works: an update on trial is confirmed.</summary>
    public const uint Healthy = 0xc600_0019;
    /// <summary>Where the manifest permits it: the hypervisor crashes.</summary>
    public const uint Crash = 0xc600_001f;
    /// <summary>No call beyond it.</summary>
    public const uint Last = Crash;

    /// <summary>Major version in bits 31:16, minor in 15:0.</summary>
    public const ulong OwnVersion = 0x0000_0001;
    /// <summary>Bit 0: console write. Bit 1: the guest has a watchdog.</summary>
    public const ulong OwnFeatures = 1, WatchdogFeature = 2;
    public const ulong NotSupported = ulong.MaxValue, InvalidParameters = ulong.MaxValue - 1, NotKept = ulong.MaxValue - 2;

    private const ulong MostBytes = 4096;

    /// <summary>The result; <see cref="NotSupported"/> for what is no call.</summary>
    /// <param name="vcpu">The caller.</param>
    /// <param name="function">Which call.</param>
    /// <param name="first">Its first argument.</param>
    /// <param name="second">Its second argument.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ulong Handle(ref VcpuCore vcpu, uint function, ulong first, ulong second)
    {
        switch (function)
        {
            case Version:
                return OwnVersion;
            case Features:
                return OwnFeatures | (GuestWatchdog<TArch>.IsThere(ref vcpu) ? WatchdogFeature : 0);
            case GuestIdentity:
                return (ulong)vcpu.Guest + 1;
            case ConsoleWrite:
                return WriteConsole(ref vcpu, new GuestPhys(first), second);
            default:
                return function < WatchdogStart ? NotSupported : RareCall(ref vcpu, function, first, second);
        }
    }

    // Apart, so that the calls above stay a chain of comparisons.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong RareCall(ref VcpuCore vcpu, uint function, ulong first, ulong second)
    {
        if (function == Crash && (ApplianceTables.Flags & ApplianceFlags.CrashCall) != 0)
            DeliberateCrash.Run(first);
        if (function == Healthy)
            return GuestTrial<TArch>.Confirm(vcpu.Guest) == UpdateRefusal.NotKept ? NotKept : 0;
        if (!GuestWatchdog<TArch>.IsThere(ref vcpu))
            return NotSupported;
        switch (function)
        {
            case WatchdogStart:
                return GuestWatchdog<TArch>.TryStart(ref vcpu, first, second) ? 0 : InvalidParameters;
            case WatchdogFeed:
                GuestWatchdog<TArch>.Feed(ref vcpu);
                return 0;
            case WatchdogStop:
                GuestWatchdog<TArch>.Stop(ref vcpu);
                return 0;
            case WatchdogStatus:
                return GuestWatchdog<TArch>.Status(ref vcpu);
            default:
                return NotSupported;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong WriteConsole(ref VcpuCore vcpu, GuestPhys address, ulong bytes)
    {
        // The whole range must be the guest's, also what is beyond one call's share.
        if (!TArch.Partition(vcpu.Guest).TryTranslate(address, bytes, out HostPhys host))
            return InvalidParameters;
        return (ulong)(uint)TArch.WriteConsole(ref vcpu, TArch.Open(host, (int)Math.Min(bytes, MostBytes)));
    }
}
