using Bulkhead.BlackBox;
using Bulkhead.Memory;
using Bulkhead.Partitions;
using Bulkhead.X86.Guest;

namespace Bulkhead.X86.Host;

/// <summary>The board's black box, mapped behind the hypervisor's own 2 MiB: all CPUs share that table.</summary>
internal static class BoardBlackBox
{
    private const ulong VirtualAddress = HypervisorLayout.VirtualBase + HypervisorLayout.Size;

    public static void Open()
    {
        ref readonly HostRange range = ref ApplianceTables.Board.BlackBox;
        if (range.Size == 0)
        {
            Recorder.SayMissing();
            return;
        }
        HostMap.MapBehindOwn(range.Base);
        Recorder.Open(VirtualAddress, VirtualMachine.Kind == VirtualizationKind.Svm ? TraceSource.Svm : TraceSource.Vmx);
    }
}
