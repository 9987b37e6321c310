using Bulkhead.X86.Guest;

namespace Bulkhead.X86.Svm;

/// <summary>
/// A guest in its NMI handler, from the injection to the end of the IRET, which is intercepted and then stepped over
/// (APM 2 15.9, 15.20). Virtual NMIs would do it in hardware (15.21.10); this serves every CPU.
/// </summary>
internal static class SvmNmi
{
    // DR6: which breakpoints were met, and a single step.
    private const ulong Breakpoints = 0xf;

    public static void Begin(ref Vcpu vcpu, ref Vmcb vmcb)
    {
        vcpu.NmiBlocking = NmiBlocking.UntilReturn;
        vmcb.InterceptA |= InterceptA.Iret;
    }

    /// <summary>The exit before an IRET. TF is gone with the flags that it loads; a handler of its own fault finds it set.</summary>
    public static void Return(ref Vcpu vcpu, ref Vmcb vmcb)
    {
        vmcb.InterceptA &= ~InterceptA.Iret;
        vcpu.NmiBlocking = (vmcb.Rflags & SingleStep.TrapFlag) != 0 ? NmiBlocking.ReturningStepped : NmiBlocking.Returning;
        vcpu.SteppedDr6 = vmcb.Dr6;
        vmcb.Dr6 &= ~(SingleStep.Dr6 | Breakpoints);
        vmcb.Rflags |= SingleStep.TrapFlag;
    }

    /// <summary>#DB; true if it is the guest's own.</summary>
    public static bool IsGuests(ref Vcpu vcpu, ref Vmcb vmcb)
    {
        if (vcpu.NmiBlocking < NmiBlocking.Returning)
            return true;
        ulong met = vmcb.Dr6 & Breakpoints;
        bool isOver = (vmcb.Dr6 & SingleStep.Dr6) != 0;
        bool isOwnStep = isOver && vcpu.NmiBlocking == NmiBlocking.ReturningStepped;
        vmcb.Dr6 = vcpu.SteppedDr6 | met | (isOwnStep ? SingleStep.Dr6 : 0);
        if (isOver)
            vcpu.NmiBlocking = NmiBlocking.None;
        return isOwnStep || met != 0;
    }
}
