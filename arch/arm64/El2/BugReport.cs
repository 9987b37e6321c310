using System.Runtime;
using System.Runtime.CompilerServices;
using Bulkhead.BlackBox;
using Bulkhead.Diagnostics;

namespace Bulkhead.Arm64.El2;

/// <summary>The hypervisor's own bug: everything stops, with where.</summary>
internal static class BugReport
{
    // Boot/Vectors.S has marked the board: a fault in here halts at once.
    [RuntimeExport("HypervisorException")]
    private static void Exception(ulong kind, ref BugRegisters registers)
    {
        GicHardware.SendStop();
        ulong esr = SystemRegister.ReadEsr(), elr = SystemRegister.ReadElr(), far = SystemRegister.ReadFar();
        HypervisorLog.Line("BUG: exception in the hypervisor; the board stops: vector"u8, kind, "MPIDR_EL1"u8, SystemRegister.ReadMpidr());
        HypervisorLog.Line("  ESR_EL2"u8, esr, "FAR_EL2"u8, far);
        HypervisorLog.Line("  ELR_EL2"u8, elr, "LR"u8, registers.X[30]);
        HypervisorLog.Line("  SP"u8, registers.Sp, "stage 2"u8, SystemRegister.ReadVttbr());
        int cpu = CurrentCpu.At(registers.Sp);
        Backtrace stack = default;
        stack.Add(elr);
        stack.Add(registers.X[30]);
        AddFrames(ref stack, registers.X[29], cpu);
        HypervisorLog.Stack(in stack);
        if (Recorder.IsThere)
        {
            Recorder.Note(cpu, TraceEvent.Bug, (uint)kind, elr);
            ref CrashRecord record = ref Begin(cpu, BugCause.Exception, (uint)kind, in stack);
            for (int i = 0; i < 31; i++)
            {
                if ((BugRegisters.Lost >> i & 1) == 0)
                    record.Set(i, registers.X[i]);
            }
            record.Set((int)Arm64CrashRegister.SP, registers.Sp);
            record.Set((int)Arm64CrashRegister.ELR_EL2, elr);
            record.Set((int)Arm64CrashRegister.SPSR_EL2, SystemRegister.ReadSpsr());
            record.Set((int)Arm64CrashRegister.ESR_EL2, esr);
            record.Set((int)Arm64CrashRegister.FAR_EL2, far);
            End(ref record, cpu);
        }
        BoardEnd.AfterBug();
    }

    [RuntimeExport("ReportBug")]
    private static void Report(ulong kind, ulong address)
    {
        if (BoardStop.Begin())
            Instruction.Halt();
        HypervisorLog.Line("BUG: a check of the hypervisor failed; the board stops: kind"u8, kind, "MPIDR_EL1"u8, SystemRegister.ReadMpidr());
        HypervisorLog.Line("  at"u8, address, "stage 2"u8, SystemRegister.ReadVttbr());
        int cpu = CurrentCpu.Index;
        Backtrace stack = default;
        stack.Add(address);
        AddFrames(ref stack, FramePointer(), cpu);
        HypervisorLog.Stack(in stack);
        if (Recorder.IsThere)
        {
            Recorder.Note(cpu, TraceEvent.Bug, (uint)kind, address);
            ref CrashRecord record = ref Begin(cpu, BugCause.Check, (uint)kind, in stack);
            End(ref record, cpu);
        }
        BoardEnd.AfterBug();
    }

    private static void AddFrames(ref Backtrace stack, ulong frame, int cpu)
    {
        ulong block = CpuBlocks.StartOf(cpu);
        stack.AddFrames(frame, block, block + HypervisorLayout.VcpuOffset);
    }

    private static ref CrashRecord Begin(int cpu, BugCause cause, uint detail, in Backtrace stack)
    {
        ref CrashRecord record = ref Recorder.Begin(BlackBoxLayout.Hypervisor, ref CpuBlocks.Of(cpu).Core, (uint)cause, detail);
        stack.CopyTo(ref record);
        record.Set((int)Arm64CrashRegister.VTTBR_EL2, SystemRegister.ReadVttbr());
        return ref record;
    }

    private static void End(ref CrashRecord record, int cpu) => Recorder.Commit(ref record, CpuBlocks.Of(cpu).Trace);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "FramePointer")]
    private static extern ulong FramePointer();
}
