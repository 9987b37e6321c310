using System.Runtime;
using System.Runtime.CompilerServices;
using Bulkhead.X86.Apic;
using Bulkhead.X86.Guest;
using Bulkhead.X86.Host;

namespace Bulkhead.X86.Svm;

/// <summary>
/// WRMSR of the x2APIC registers that a kernel writes all the time, told apart in Boot/Svm.S. Whatever is not the common
/// case is left to SvmExits.WriteMsr, with nothing done.
/// </summary>
internal static class SvmX2Apic
{
    private const uint Eoi = X2ApicMsr.First + (ApicRegister.Eoi >> 4), Icr = X2ApicMsr.First + (ApicRegister.Icr >> 4),
        InitialCount = X2ApicMsr.First + (ApicRegister.InitialCount >> 4);

    // Not in x2APIC mode, or single-stepped.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsUncommon(ref Vmcb vmcb, ref VirtualLocalApic apic) => !apic.IsX2Apic || (vmcb.Rflags & SingleStep.TrapFlag) != 0;

    /// <summary>EOI, mostly of what was presented last.</summary>
    [RuntimeExport("SvmEndInterrupt")]
    private static void EndInterrupt(ref Vcpu vcpu, ref Vmcb vmcb, uint high)
    {
        ref VirtualLocalApic apic = ref vcpu.Apic;
        if (((uint)vmcb.Rax | high) != 0 || IsUncommon(ref vmcb, ref apic))
        {
            SvmExits.WriteMsr(ref vcpu, ref vmcb, high, Eoi);
            return;
        }
        SvmExits.Skip(ref vmcb, SvmExits.TwoBytes);
        uint vector = vcpu.Presented;
        if (vector != 0 && !vmcb.VirtualInterrupt.IsPending)
        {
            apic.AcceptEnded(vector);
            vcpu.Presented = 0;
        }
        else
        {
            vector = apic.End();
        }
        if (apic.IsLevel(vector))
            EndLevel(ref vcpu, ref vmcb, ref apic, vector);
        else if (apic.HasPending)
            SvmInterrupts.Present(ref vcpu, ref vmcb, ref apic);
    }

    private static void EndLevel(ref Vcpu vcpu, ref Vmcb vmcb, ref VirtualLocalApic apic, uint vector)
    {
        IoApicRegisters<ApicHardware>.End(ref vcpu.Partition.Apics, ref apic, vector);
        SvmInterrupts.Resume(ref vcpu, ref vmcb);
    }

    /// <summary>The ICR: a fixed interrupt to one other vCPU.</summary>
    [RuntimeExport("SvmSendInterrupt")]
    private static void SendInterrupt(ref Vcpu vcpu, ref Vmcb vmcb, uint destination)
    {
        uint command = (uint)vmcb.Rax;
        ref VirtualApics apics = ref vcpu.Partition.Apics;
        ref VirtualLocalApic apic = ref vcpu.Apic;
        if (IsUncommon(ref vmcb, ref apic) || !InterruptCommand<ApicHardware>.IsPlain(ref apics, ref apic, command, destination))
        {
            SvmExits.WriteMsr(ref vcpu, ref vmcb, destination, Icr);
            return;
        }
        SvmExits.Skip(ref vmcb, SvmExits.TwoBytes);
        InterruptCommand<ApicHardware>.SendPlain(ref apics, ref apic, command, destination);
    }

    /// <summary>The timer's initial count.</summary>
    [RuntimeExport("SvmStartTimer")]
    private static void StartTimer(ref Vcpu vcpu, ref Vmcb vmcb, uint high)
    {
        ref VirtualLocalApic apic = ref vcpu.Apic;
        if (high != 0 || IsUncommon(ref vmcb, ref apic))
        {
            SvmExits.WriteMsr(ref vcpu, ref vmcb, high, InitialCount);
            return;
        }
        ulong now = Register.ReadTsc();
        if (LocalApicRegisters<ApicHardware>.WriteInitialCount(ref apic, (uint)vmcb.Rax, now + apic.TscOffset) != ApicEffect.None)
            GuestInterrupts.ArmStarted(ref vcpu, ref apic, now);
        SvmExits.Skip(ref vmcb, SvmExits.TwoBytes);
    }
}
