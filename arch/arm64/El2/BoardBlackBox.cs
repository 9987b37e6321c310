using System.Runtime.CompilerServices;
using Bulkhead.BlackBox;
using Bulkhead.Memory;
using Bulkhead.Partitions;

namespace Bulkhead.Arm64.El2;

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
        HostMap.MapOwn(VirtualAddress, range.Base, range.Size);
        Recorder.Open(VirtualAddress, TraceSource.Arm64);
    }

    /// <summary>On a vCPU's own CPU: its exits are traced, where the manifest wants it.</summary>
    public static void Trace(ref Vcpu vcpu)
    {
        if (!Recorder.IsTracing)
            return;
        vcpu.Trace = Recorder.ClearExitRing(vcpu.Core.Cpu);
        Instruction.UseTracingVectors();
    }

    /// <summary>To this CPU's vCPU, by the exit that it is in.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void NotePresented(uint intid)
    {
        ulong exit = CpuBlocks.Of(CurrentCpu.Index).Trace;
        if (exit != 0)
            TraceEntry.Present(exit, intid);
    }
}
