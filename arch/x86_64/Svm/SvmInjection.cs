using System.Runtime;
using Bulkhead.X86.Guest;

namespace Bulkhead.X86.Svm;

/// <summary>For CPUs that <see cref="SvmFeatures.DeliversByItself"/> does not hold for; called before each entry (Boot/Svm.S).</summary>
internal static class SvmInjection
{
    private const ulong RflagsIf = 1ul << 9;

    /// <summary>
    /// An interrupt that the guest can take at once is injected instead. To the local APIC it is the same: no longer
    /// pending, so delivered. The board's own, which Bochs keeps from a guest that is entered with IF clear, are taken
    /// here then, one at a time: without them a UART that such a guest polls would stay full.
    /// </summary>
    [RuntimeExport("SvmInject")]
    private static void Inject(ref Vcpu vcpu, ref Vmcb vmcb)
    {
        if ((vmcb.Rflags & RflagsIf) == 0)
        {
            uint vector = SvmCpu.TakeInterrupt();
            if (vector != 0)
                SvmInterrupts.Interrupt(ref vcpu, ref vmcb, vector);
            return;
        }
        VirtualInterrupt waiting = vmcb.VirtualInterrupt;
        if (!waiting.IsPending || !waiting.IsAboveTaskPriority || vmcb.InterruptShadow != 0 || vmcb.EventInjection.IsValid)
            return;
        vmcb.EventInjection = EventInjection.External(waiting.Vector);
        vmcb.VirtualInterrupt = VirtualInterrupt.None(waiting.TaskPriority);
    }
}
