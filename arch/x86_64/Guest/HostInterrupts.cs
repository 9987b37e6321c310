using Bulkhead.X86.Host;
using Bulkhead.X86.Svm;

namespace Bulkhead.X86.Guest;

/// <summary>The windows in which the board's interrupts reach the hypervisor.</summary>
internal static class HostInterrupts
{
    /// <summary>The vector of one that is pending, or 0.</summary>
    public static uint Take() => VirtualMachine.Kind == VirtualizationKind.Svm ? SvmCpu.TakeInterrupt() : Instruction.TakeInterrupt();

    /// <summary>Sleeps until one comes; 0 when an NMI did.</summary>
    public static uint Wait() => VirtualMachine.Kind == VirtualizationKind.Svm ? SvmCpu.WaitForInterrupt() : Instruction.WaitForInterrupt();
}
