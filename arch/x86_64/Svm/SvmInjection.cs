using System.Runtime;
using Bulkhead.X86.Guest;

namespace Bulkhead.X86.Svm;

/// <summary>For CPUs that <see cref="SvmFeatures.DeliversByItself"/> does not hold for; called before each entry (Boot/Svm.S).</summary>
internal static class SvmInjection
{
    private const ulong RflagsIf = 1ul << 9;

    /// <summary>
    /// An interrupt that the guest can take at once is injected instead. To the local APIC it is the same: no longer
    /// pending, so delivered.
    /// </summary>
    [RuntimeExport("SvmInject")]
    private static void Inject(ref Vcpu vcpu, ref Vmcb vmcb)
    {
        VirtualInterrupt waiting = vmcb.VirtualInterrupt;
        if (!waiting.IsPending || !waiting.IsAboveTaskPriority || (vmcb.Rflags & RflagsIf) == 0 || vmcb.InterruptShadow != 0 || vmcb.EventInjection.IsValid)
            return;
        vmcb.EventInjection = EventInjection.External(waiting.Vector);
        vmcb.VirtualInterrupt = VirtualInterrupt.None(waiting.TaskPriority);
    }
}
