using System.Runtime;
using System.Runtime.CompilerServices;
using Bulkhead.BlackBox;
using Bulkhead.X86.Apic;
using Bulkhead.X86.Guest;

namespace Bulkhead.X86.Vmx;

/// <summary>Between the virtual local APIC and the CPU: what waits is injected, or the CPU exits when the guest is ready for it.</summary>
internal static class VmxInterrupts
{
    // What Vmcs.Readiness says: SDM 3 table 24-3, RFLAGS.IF, and the valid bit of table 24-16.
    private const uint Shadow = 3, BlockingByNmi = 8, RflagsIf = 1u << 9, Injecting = 1u << 31;

    private const ProcessorControls Windows = ProcessorControls.InterruptWindowExiting | ProcessorControls.NmiWindowExiting;

    /// <summary>After an exit that a window made, which is closed when nothing wants it any more; Boot/Vmx.S looks for the rest itself.</summary>
    public static void ResumeSeldom(ref Vcpu vcpu)
    {
        if ((vcpu.Apic.Waiting | (uint)(vcpu.ProcessorControls & Windows)) != 0)
            Deliver(ref vcpu);
    }

    /// <summary>Injects what can be taken now, and has the CPU exit when the guest is ready for what cannot.</summary>
    [RuntimeExport("VmxDeliver")]
    private static void Deliver(ref Vcpu vcpu)
    {
        ref VirtualLocalApic apic = ref vcpu.Apic;
        if (apic.Inbox.Requests != 0)
            GuestInterrupts.TakeInbox(ref vcpu);
        // Mostly one interrupt is all that waits, and the guest takes it.
        uint vector = apic.Deliverable();
        if (vector != 0 && (vcpu.NmiPending | vcpu.TprThreshold | (uint)(vcpu.ProcessorControls & Windows)) == 0
            && ((uint)Vmcs.Readiness() & (Shadow | RflagsIf | Injecting)) == RflagsIf)
        {
            Inject(ref vcpu, ref apic, vector);
            if (!apic.HasPending)
                return;
        }
        Present(ref vcpu, ref apic);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Present(ref Vcpu vcpu, ref VirtualLocalApic apic)
    {
        ProcessorControls windows = 0;
        uint guest = (uint)Vmcs.Readiness();
        if (vcpu.NmiPending != 0)
        {
            if ((guest & (Shadow | BlockingByNmi | Injecting)) == 0)
            {
                Vmcs.Write(VmcsField.EntryInterruptionInfo, InterruptionInfo.Nmi.Value);
                vcpu.NmiPending = 0;
                guest |= Injecting;
            }
            else
            {
                windows |= (VmxControls.Pin & PinControls.VirtualNmis) != 0 ? ProcessorControls.NmiWindowExiting : ProcessorControls.InterruptWindowExiting;
            }
        }
        uint vector = apic.Deliverable();
        if (vector != 0 && (guest & (Shadow | RflagsIf | Injecting)) == RflagsIf)
        {
            Inject(ref vcpu, ref apic, vector);
            vector = apic.Deliverable();
        }
        uint threshold = 0;
        if (vector != 0)
            windows |= ProcessorControls.InterruptWindowExiting;
        else if (apic.HasPending && apic.HighestPending >> 4 > apic.HighestInService >> 4)
            // Held back by the task priority alone: an exit when the guest lowers it.
            threshold = apic.HighestPending >> 4;
        if (threshold != vcpu.TprThreshold)
        {
            vcpu.TprThreshold = threshold;
            Vmcs.Write(VmcsField.TprThreshold, threshold);
        }
        ProcessorControls controls = vcpu.ProcessorControls & ~Windows | windows;
        if (controls == vcpu.ProcessorControls)
            return;
        vcpu.ProcessorControls = controls;
        Vmcs.Write(VmcsField.ProcessorControls, (uint)controls);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Inject(ref Vcpu vcpu, ref VirtualLocalApic apic, uint vector)
    {
        Vmcs.Write(VmcsField.EntryInterruptionInfo, InterruptionInfo.External(vector).Value);
        if (vcpu.Trace != 0)
            TraceEntry.Present(vcpu.Trace, vector);
        apic.Accept(vector);
    }
}
