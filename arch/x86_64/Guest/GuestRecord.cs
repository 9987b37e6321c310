using Bulkhead.BlackBox;
using Bulkhead.Memory;
using Bulkhead.Partitions;
using Bulkhead.X86.Host;
using Bulkhead.X86.Memory;
using Bulkhead.X86.Svm;

namespace Bulkhead.X86.Guest;

/// <summary>A guest's crash record, on the vCPU's own CPU; what the exit left is in the vCPU's Registers.</summary>
internal static class GuestRecord
{
    // What an interrupt's exit does not save: RBX, RBP, R12 to R15.
    private const ulong NotSaved = 0xf028;

    /// <summary>At an interrupt: there is no fault to walk for.</summary>
    public static void WriteInterrupted(ref Vcpu vcpu, StopReason reason)
    {
        if (!Recorder.IsThere)
            return;
        VcpuState.LoadRegisters(ref vcpu);
        ref CrashRecord record = ref Begin(ref vcpu, reason);
        record.KnownRegisters &= ~NotSaved;
        Recorder.Commit(ref record, vcpu.Trace);
    }

    public static void Write(ref Vcpu vcpu, StopReason reason, ulong code, GuestPhys address)
    {
        if (!Recorder.IsThere)
            return;
        ref CrashRecord record = ref Begin(ref vcpu, reason);
        Set(ref record, X86CrashRegister.ExitInformation, code);
        Set(ref record, X86CrashRegister.GuestPhysical, address.Value);
        new PageTable<FourLevelFormat, HostTableOps>(ref Pool.Pages, vcpu.Partition.Tables, VirtualMachine.TableFormat(), default).Record(address.Value, ref record);
        Recorder.Commit(ref record, vcpu.Trace);
    }

    private static ref CrashRecord Begin(ref Vcpu vcpu, StopReason reason)
    {
        ref CrashRecord record = ref Recorder.Begin(vcpu.Core.Guest, ref vcpu.Core, (uint)reason, 0);
        for (byte i = 0; i <= (byte)X86CrashRegister.R15; i++)
            record.Set(i, vcpu.Registers[i]);
        Set(ref record, X86CrashRegister.RIP, vcpu.Registers.Rip);
        Set(ref record, X86CrashRegister.RFLAGS, vcpu.Registers.Rflags);
        Set(ref record, X86CrashRegister.CR0, VcpuState.Cr0(ref vcpu));
        Set(ref record, X86CrashRegister.CR2, VcpuState.Cr2(ref vcpu));
        Set(ref record, X86CrashRegister.CR3, VcpuState.Cr3(ref vcpu));
        Set(ref record, X86CrashRegister.CR4, VcpuState.Cr4(ref vcpu));
        Set(ref record, X86CrashRegister.EFER, VcpuState.Efer(ref vcpu));
        Set(ref record, X86CrashRegister.ExitReason, VcpuState.ExitReason(ref vcpu));
        return ref record;
    }

    private static void Set(ref CrashRecord record, X86CrashRegister register, ulong value) => record.Set((int)register, value);
}
