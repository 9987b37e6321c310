using System;
using System.Runtime.CompilerServices;
using System.Threading;
using Bulkhead.Memory;
using Bulkhead.X86.Firmware;

namespace Bulkhead.X86.Host;

/// <summary>
/// The other CPUs' way into the image by INIT and STARTUP (SDM 3 9.4.4), one after the other, through a page of RAM
/// below 1 MiB that firmware does not use (Boot/Entry.S, ap_start).
/// </summary>
internal static unsafe class ApStart
{
    // Boot/Layout.h
    private const ulong BaseField = 4, IndexField = 8, TargetField = 12, GdtField = 20;
    private const ulong PageSize = 4096;
    private const ulong LowMemoryEnd = 0xa_0000;
    private const ulong InitMicroseconds = 10_000, StartupMicroseconds = 200, PatienceMicroseconds = 10_000_000;

    private static int _arrived;
    private static ulong _arrivedAt;
    private static ulong _page;

    /// <summary>The highest free page below 640 KiB becomes what STARTUP runs. False when there is none.</summary>
    public static bool Prepare(in LoaderFacts loader)
    {
        _page = 0;
        for (int i = 0; i < loader.MemoryCount; i++)
        {
            ulong start = loader.Memory[i].Base.Value;
            ulong end = Math.Min(start + loader.Memory[i].Size, LowMemoryEnd) & ~(PageSize - 1);
            if (start < LowMemoryEnd && end >= start + PageSize && end - PageSize > _page)
                _page = end - PageSize;
        }
        if (_page == 0)
            return false;
        HostMap.AddFirst(new HostPhys(_page), PageSize, MapAttributes.Read | MapAttributes.Write);
        ulong end32;
        byte* code = (byte*)Instruction.AddressOfApStart(&end32);
        new ReadOnlySpan<byte>(code, (int)(end32 - (ulong)code)).CopyTo(new Span<byte>((void*)_page, (int)PageSize));
        *(uint*)(_page + BaseField) = (uint)HypervisorLayout.PhysicalBase.Value;
        *(uint*)(_page + TargetField) = (uint)HypervisorLayout.ToPhysical(Instruction.AddressOfApStart32()).Value;
        *(uint*)(_page + GdtField) = (uint)HypervisorLayout.ToPhysical(Instruction.AddressOfBootGdt()).Value;
        return true;
    }

    /// <summary>
    /// True when the CPU has come into C#. One that has not may still come, under whatever index is then in the page: the
    /// caller starts no other.
    /// </summary>
    public static bool Start(int cpu, uint apicId)
    {
        ulong before = TscClock.Now();
        if (!TryStart(cpu, apicId))
            return false;
        ulong at = Volatile.Read(ref _arrivedAt);
        if (at < before || at > TscClock.Now())
            HypervisorLog.Refuse("the CPUs' time stamp counters do not agree"u8);
        return true;
    }

    private static bool TryStart(int cpu, uint apicId)
    {
        Volatile.Write(ref *(int*)(_page + IndexField), cpu);
        LocalApic.SendInit(apicId);
        TscClock.Wait(InitMicroseconds);
        LocalApic.SendStartup(apicId, (uint)(_page / PageSize));
        if (HasArrived(cpu, StartupMicroseconds))
            return true;
        // A CPU that was not listening yet; one that was ignores the second.
        LocalApic.SendStartup(apicId, (uint)(_page / PageSize));
        return HasArrived(cpu, PatienceMicroseconds);
    }

    /// <summary>On the CPU that was started.</summary>
    public static void Arrive(int cpu)
    {
        Volatile.Write(ref _arrivedAt, TscClock.Now());
        Volatile.Write(ref _arrived, cpu);
    }

    private static bool HasArrived(int cpu, ulong microseconds)
    {
        ulong end = TscClock.Now() + TscClock.FromMicroseconds(microseconds);
        while (Volatile.Read(ref _arrived) != cpu)
        {
            if ((long)(TscClock.Now() - end) >= 0)
                return false;
            Thread.SpinWait(1);
        }
        return true;
    }
}
