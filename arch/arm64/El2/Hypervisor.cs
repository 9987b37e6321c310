using System.Runtime;

namespace Bulkhead.Arm64.El2;

/// <summary>Where assembly calls C#.</summary>
internal static class Hypervisor
{
    [RuntimeExport("HypervisorBoot")]
    private static void Boot(ulong deviceTree, ulong image, ulong imageSize, ulong physicalBase, ulong resetCounter)
    {
        Instruction.Halt();
    }

    [RuntimeExport("HypervisorSecondary")]
    private static void Secondary(uint cpu) => Instruction.Halt();

    [RuntimeExport("HypervisorException")]
    private static void Exception(ulong kind, ulong esr, ulong elr, ulong far, ulong sp, ulong lr) => Instruction.Halt();

    [RuntimeExport("ReportBug")]
    private static void ReportBug(ulong kind, ulong address) => Instruction.Halt();

    [RuntimeExport("HandleHypercall")]
    private static void HandleHypercall(ref ulong vcpu, ulong esr) => vcpu = ~0ul;

    [RuntimeExport("HandleInterrupt")]
    private static void HandleInterrupt(ref ulong vcpu, ulong iar) => vcpu = ~0ul;

    [RuntimeExport("HandleExit")]
    private static bool HandleExit(ref ulong vcpu, ulong esr, ulong hpfar, ulong far) => true;

    [RuntimeExport("HandleSystemError")]
    private static void HandleSystemError(ref ulong vcpu, ulong esr) => Instruction.Halt();
}
