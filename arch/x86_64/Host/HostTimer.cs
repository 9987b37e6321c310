using System;
using System.Runtime.CompilerServices;
using Bulkhead.X86.Apic;
using Bulkhead.X86.Firmware;

namespace Bulkhead.X86.Host;

/// <summary>
/// One interrupt on this CPU at a time of the TSC: by the local APIC's TSC-deadline mode where there is one, else by its
/// one-shot count (SDM 3 11.5.4). It may come early, never late by more than the counter's grain.
/// </summary>
internal static class HostTimer
{
    private const uint MsrTscDeadline = 0x6e0;
    private const uint DivideByOne = 0xb;
    private const int FractionBits = 32;
    /// <summary>The most that a one-shot counts, so that the product below fits; who waits longer is woken early.</summary>
    private const ulong MaxTicks = 1ul << 30;

    // APIC timer counts in a TSC count.
    private static ulong _ratio;

    /// <summary>
    /// Once, on the boot CPU, whose local APIC is on: how fast the TSC counts, and in the same time the timer. False when one
    /// of them or the reference does not count.
    /// </summary>
    public static bool Measure()
    {
        if (CpuFeatures.HasTscDeadline)
            return TscClock.Measure();
        LocalApic.Write(ApicRegister.DivideConfiguration, DivideByOne);
        LocalApic.Write(ApicRegister.LvtTimer, ApicRegister.LvtMasked | HostVector.Timer);
        LocalApic.Write(ApicRegister.InitialCount, uint.MaxValue);
        Pair pair = default;
        (ulong startTsc, uint start) = FrequencyMeasurement.Sample(ref pair);
        bool counts = TscClock.Measure();
        (ulong endTsc, uint end) = FrequencyMeasurement.Sample(ref pair);
        LocalApic.Write(ApicRegister.InitialCount, 0);
        if (!counts)
            return false;
        _ratio = ((ulong)(end - start) << FractionBits) / (endTsc - startTsc);
        return end != start;
    }

    public static void InitializeCpu()
    {
        LocalApic.Write(ApicRegister.DivideConfiguration, DivideByOne);
        LocalApic.Write(ApicRegister.LvtTimer, HostVector.Timer | (CpuFeatures.HasTscDeadline ? ApicRegister.LvtTscDeadline : 0));
    }

    /// <param name="deadline">When it is to come.</param>
    /// <param name="now">The TSC, just read.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Arm(ulong deadline, ulong now)
    {
        if (CpuFeatures.HasTscDeadline)
        {
            // 0 would disarm.
            Register.WriteMsrAfter(MsrTscDeadline, deadline | 1);
            return;
        }
        ulong ticks = deadline - now;
        if (ticks > MaxTicks)
            ticks = (long)ticks < 0 ? 0 : MaxTicks;
        LocalApic.StartTimer((uint)Math.Max(ticks * _ratio >> FractionBits, 1));
    }

    public static void Disarm()
    {
        if (CpuFeatures.HasTscDeadline)
            Register.WriteMsr(MsrTscDeadline, 0);
        else
            LocalApic.Write(ApicRegister.InitialCount, 0);
    }

    private readonly struct Pair : ICounterPair
    {
        public ulong ReadCounter() => Register.ReadTsc();
        public uint ReadReference() => uint.MaxValue - LocalApic.Read(ApicRegister.CurrentCount);
    }
}
