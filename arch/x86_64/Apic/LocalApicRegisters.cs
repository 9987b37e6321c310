using System.Runtime.CompilerServices;
using Bulkhead.Devices;

namespace Bulkhead.X86.Apic;

/// <summary>
/// A vCPU's accesses to its own local APIC: the register page in xAPIC mode, MSRs 0x800 to 0x83F in x2APIC mode,
/// IA32_TSC_DEADLINE and IA32_APIC_BASE in either. All on the vCPU's CPU.
/// </summary>
public static class LocalApicRegisters<THardware> where THardware : struct, IApicHardware
{
    // One bit per register, by offset / 16 (tables 11-1 and 11-6).
    private const ulong Vectors = 0xfful << 0x10 | 0xfful << 0x18 | 0xfful << 0x20;
    private const ulong Lvts = 0x3ful << 0x32;
    private const ulong Stored = 1ul << 0x02 | 1ul << 0x03 | 1ul << 0x08 | 1ul << 0x0d | 1ul << 0x0f | Vectors | 1ul << 0x28
        | Lvts | 1ul << 0x38 | 1ul << 0x3e;
    private const ulong StoredInPage = Stored | 1ul << 0x0e | 1ul << 0x30 | 1ul << 0x31;

    /// <summary>RDMSR of 0x800 to 0x83F; false is #GP(0).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryReadMsr(ref VirtualLocalApic apic, uint msr, out ulong value)
    {
        uint index = msr & (X2ApicMsr.Count - 1);
        if ((Stored >> (int)index & 1) != 0 && apic.IsX2Apic)
        {
            value = apic.Page.At(index << 4);
            return true;
        }
        return TryReadOther(ref apic, index, out value);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryReadOther(ref VirtualLocalApic apic, uint index, out ulong value)
    {
        value = 0;
        if (!apic.IsX2Apic)
            return false;
        switch (index << 4)
        {
            case ApicRegister.Ppr:
                value = apic.ProcessorPriority;
                return true;
            case ApicRegister.Icr:
                value = apic.Page.At(ApicRegister.Icr) | (ulong)apic.Page.At(ApicRegister.IcrHigh) << 32;
                return true;
            case ApicRegister.CurrentCount:
                value = CurrentCount(ref apic);
                return true;
            default:
                return false;
        }
    }

    /// <summary>WRMSR of 0x800 to 0x83F.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ApicEffect WriteMsr(ref VirtualApics apics, ref VirtualLocalApic apic, uint msr, ulong value)
    {
        uint register = (msr & (X2ApicMsr.Count - 1)) << 4;
        if (!apic.IsX2Apic)
            return ApicEffect.Fault;
        if (register == ApicRegister.Icr)
            return WriteIcr(ref apics, ref apic, value);
        if (register == ApicRegister.Eoi && value == 0)
        {
            End(ref apics, ref apic);
            return ApicEffect.None;
        }
        if (register == ApicRegister.SelfIpi && value <= 0xff)
        {
            apic.Raise((uint)value);
            return ApicEffect.None;
        }
        if (register == ApicRegister.InitialCount && value <= uint.MaxValue)
            return WriteInitialCount(ref apic, (uint)value);
        return WriteOther(ref apic, register, value);
    }

    /// <summary>A load from the register page: aligned words at multiples of 16, anything else reads as zero (SDM vol 3, 11.4.1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint ReadPage(ref VirtualLocalApic apic, uint offset, AccessSize size)
    {
        uint index = offset >> 4;
        if ((offset & 15) != 0 || size != AccessSize.Word || index >= X2ApicMsr.Count)
            return 0;
        return (StoredInPage >> (int)index & 1) != 0 ? apic.Page.At(offset) : ReadOtherInPage(ref apic, offset);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static uint ReadOtherInPage(ref VirtualLocalApic apic, uint offset)
    {
        switch (offset)
        {
            case ApicRegister.Ppr:
                return apic.ProcessorPriority;
            case ApicRegister.CurrentCount:
                return CurrentCount(ref apic);
            default:
                apic.Report(ApicRegister.IllegalRegister);
                return 0;
        }
    }

    /// <summary>A store to the register page; the effect is never a fault.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ApicEffect WritePage(ref VirtualApics apics, ref VirtualLocalApic apic, uint offset, AccessSize size, uint value)
    {
        if ((offset & 15) != 0 || size != AccessSize.Word)
            return ApicEffect.None;
        if (offset == ApicRegister.Eoi)
        {
            End(ref apics, ref apic);
            return ApicEffect.None;
        }
        if (offset == ApicRegister.Icr)
        {
            apic.Page.At(ApicRegister.Icr) = value & IcrBits;
            InterruptCommand<THardware>.Send(ref apics, ref apic, value, apic.Page.At(ApicRegister.IcrHigh) >> 24);
            return ApicEffect.None;
        }
        return offset == ApicRegister.InitialCount ? WriteInitialCount(ref apic, value) : WriteOtherInPage(ref apic, offset, value);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ApicEffect WriteOtherInPage(ref VirtualLocalApic apic, uint offset, uint value)
    {
        switch (offset)
        {
            case ApicRegister.IcrHigh:
                apic.Page.At(offset) = value & 0xff00_0000;
                return ApicEffect.None;
            case ApicRegister.Ldr:
                apic.Page.At(offset) = value & 0xff00_0000;
                return ApicEffect.None;
            case ApicRegister.Dfr:
                apic.Page.At(offset) = value | 0x0fff_ffff;
                return ApicEffect.None;
            case ApicRegister.Id:
            case ApicRegister.Version:
                // The id is the vCPU's for good; a processor may keep it read-only (SDM vol 3, 11.4.6).
                return ApicEffect.None;
            case ApicRegister.Esr:
                value = 0;
                break;
        }
        uint writable = Writable(offset);
        if (writable == 0 && offset != ApicRegister.Esr)
        {
            // Read-only ones ignore it, holes are an error.
            if (offset >= 0x400 || (StoredInPage >> (int)(offset >> 4) & 1) == 0 && offset is not ApicRegister.Ppr and not ApicRegister.CurrentCount)
                apic.Report(ApicRegister.IllegalRegister);
            return ApicEffect.None;
        }
        return WriteOther(ref apic, offset, value & writable);
    }

    private const uint IcrBits = 0x000c_cfff;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ApicEffect WriteIcr(ref VirtualApics apics, ref VirtualLocalApic apic, ulong value)
    {
        // Delivery status, bit 12, is gone in x2APIC mode: reserved like the others (11.12.9).
        if (((uint)value & ~IcrBits) != 0)
            return ApicEffect.Fault;
        apic.Page.At(ApicRegister.Icr) = (uint)value;
        apic.Page.At(ApicRegister.IcrHigh) = (uint)(value >> 32);
        InterruptCommand<THardware>.Send(ref apics, ref apic, (uint)value, (uint)(value >> 32));
        return ApicEffect.None;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void End(ref VirtualApics apics, ref VirtualLocalApic apic)
    {
        uint vector = apic.End();
        if (vector != 0 && apic.IsLevel(vector))
            IoApicRegisters<THardware>.End(ref apics, ref apic, vector);
    }

    // The bits that software may set, one value for both modes; others are reserved: #GP in x2APIC mode, ignored in
    // xAPIC mode. Bits 12 and 14 of local vectors are read-only.
    private static uint Writable(uint register) => register switch
    {
        ApicRegister.Tpr => 0xff,
        ApicRegister.Svr => 0x3ff,
        ApicRegister.LvtTimer => 0x7_00ff,
        ApicRegister.LvtThermal or ApicRegister.LvtPerformance => 0x1_07ff,
        ApicRegister.LvtLint0 or ApicRegister.LvtLint1 => 0x1_a7ff,
        ApicRegister.LvtError => 0x1_00ff,
        ApicRegister.InitialCount => uint.MaxValue,
        ApicRegister.DivideConfiguration => 0xb,
        _ => 0,
    };

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ApicEffect WriteOther(ref VirtualLocalApic apic, uint register, ulong wide)
    {
        uint writable = Writable(register);
        uint readOnly = register is >= ApicRegister.LvtTimer and <= ApicRegister.LvtError ? 1u << 12 | 1u << 14 : 0;
        uint value = (uint)wide;
        if ((wide & ~(ulong)(writable | readOnly)) != 0 || (writable == 0 && register != ApicRegister.Esr))
            return ApicEffect.Fault;
        value &= writable;
        switch (register)
        {
            case ApicRegister.Esr:
                apic.LatchErrors();
                return ApicEffect.None;
            case ApicRegister.Tpr:
                apic.Page.At(register) = value;
                return ApicEffect.None;
            case ApicRegister.Svr:
                apic.Page.At(register) = value;
                if ((value & ApicRegister.SvrEnabled) == 0)
                    MaskAll(ref apic);
                return ApicEffect.None;
            case ApicRegister.InitialCount:
                return WriteInitialCount(ref apic, value);
            case ApicRegister.DivideConfiguration:
                return WriteDivide(ref apic, value);
            default:
                return WriteLvt(ref apic, register, value);
        }
    }

    // SDM vol 3, 11.4.7.2: while the APIC is switched off by software every local vector is masked and stays so.
    private static void MaskAll(ref VirtualLocalApic apic)
    {
        for (uint lvt = ApicRegister.LvtTimer; lvt <= ApicRegister.LvtError; lvt += 16)
            apic.Page.At(lvt) |= ApicRegister.LvtMasked;
    }

    private static ApicEffect WriteLvt(ref VirtualLocalApic apic, uint register, uint value)
    {
        if ((apic.Page.At(ApicRegister.Svr) & ApicRegister.SvrEnabled) == 0)
            value |= ApicRegister.LvtMasked;
        uint before = apic.Page.At(register);
        apic.Page.At(register) = value;
        // Between TSC-deadline mode and the others the timer is disarmed (11.5.4.1); the reserved mode has its bit too.
        if (register != ApicRegister.LvtTimer || ((before ^ value) & ApicRegister.LvtTimerMode) == 0
            || ((before | value) & ApicRegister.LvtTscDeadline) == 0)
            return ApicEffect.None;
        apic.TimerDeadline = 0;
        return ApicEffect.Timer;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool CountsDown(ref VirtualLocalApic apic) =>
        (apic.Page.At(ApicRegister.LvtTimer) & ApicRegister.LvtTscDeadline) == 0;

    private static ulong Now(ref VirtualLocalApic apic) => THardware.ReadTsc() + apic.TscOffset;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ApicEffect WriteInitialCount(ref VirtualLocalApic apic, uint value) => WriteInitialCount(ref apic, value, Now(ref apic));

    /// <summary>The initial count, in either mode of the APIC. <paramref name="now"/> is the guest's TSC.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ApicEffect WriteInitialCount(ref VirtualLocalApic apic, uint value, ulong now)
    {
        // TSC-deadline mode ignores it (11.5.4.1).
        if (!CountsDown(ref apic))
            return ApicEffect.None;
        apic.Page.At(ApicRegister.InitialCount) = value;
        apic.TimerDeadline = value == 0 ? 0 : now + ((ulong)value << apic.TimerShift);
        return ApicEffect.Timer;
    }

    // The count goes on from where it is, at the new pace.
    private static ApicEffect WriteDivide(ref VirtualLocalApic apic, uint value)
    {
        ulong now = Now(ref apic);
        uint left = CountAt(ref apic, now);
        apic.Page.At(ApicRegister.DivideConfiguration) = value;
        if (left == 0)
            return ApicEffect.None;
        apic.TimerDeadline = now + ((ulong)left << apic.TimerShift);
        return ApicEffect.Timer;
    }

    private static uint CurrentCount(ref VirtualLocalApic apic) => CountAt(ref apic, Now(ref apic));

    // Rounded up: the timer shows zero when it fires, not before.
    private static uint CountAt(ref VirtualLocalApic apic, ulong now)
    {
        if (!CountsDown(ref apic) || apic.TimerDeadline <= now)
            return 0;
        int shift = apic.TimerShift;
        uint left = (uint)(apic.TimerDeadline - now + (1ul << shift) - 1 >> shift), initial = apic.Page.At(ApicRegister.InitialCount);
        // Of several periods that have one interrupt (LeastPeriod) the guest sees each.
        return left > initial && initial != 0 ? (left - 1) % initial + 1 : left;
    }

    /// <summary>RDMSR IA32_TSC_DEADLINE: zero once it has fired and in the other timer modes (11.5.4.1).</summary>
    public static ulong ReadTscDeadline(ref VirtualLocalApic apic) =>
        (apic.Page.At(ApicRegister.LvtTimer) & ApicRegister.LvtTimerMode) == ApicRegister.LvtTscDeadline ? apic.TimerDeadline : 0;

    /// <summary>WRMSR IA32_TSC_DEADLINE. A deadline that has passed fires at once, by <see cref="VirtualLocalApic.ExpireTimer"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ApicEffect WriteTscDeadline(ref VirtualLocalApic apic, ulong value)
    {
        if ((apic.Page.At(ApicRegister.LvtTimer) & ApicRegister.LvtTimerMode) != ApicRegister.LvtTscDeadline)
            return ApicEffect.None;
        apic.TimerDeadline = value;
        return ApicEffect.Timer;
    }

    /// <summary>
    /// WRMSR IA32_APIC_BASE: between disabled, xAPIC and x2APIC along the arrows of SDM vol 3, figure 11-27. The page's
    /// place is the manifest's: to move it is refused like a reserved bit.
    /// </summary>
    public static ApicEffect WriteBase(ref VirtualLocalApic apic, ulong value)
    {
        const ulong modes = ApicBase.Enabled | ApicBase.X2Apic;
        ulong before = apic.Base;
        if (value == before)
            return ApicEffect.None;
        ulong mode = value & modes;
        if (((value ^ before) & ~modes) != 0 || mode == ApicBase.X2Apic
            || (apic.IsX2Apic ? mode == ApicBase.Enabled : mode == modes && !apic.IsEnabled))
            return ApicEffect.Fault;
        apic.Base = value;
        if (mode == modes)
        {
            // The state stays but for the ids and the ICR's destination (11.12.5.1).
            apic.ResetIdentity();
            apic.Page.At(ApicRegister.IcrHigh) = 0;
            return ApicEffect.Mode;
        }
        // Off, or on again as after power-up (11.4.7.1).
        apic.Reset();
        return ApicEffect.Mode | ApicEffect.Timer;
    }
}
