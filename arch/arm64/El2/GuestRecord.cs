using Bulkhead.Arm64.Memory;
using Bulkhead.BlackBox;
using Bulkhead.Memory;
using Bulkhead.Partitions;

namespace Bulkhead.Arm64.El2;

/// <summary>A guest's crash record, on the vCPU's own CPU at the exit that led here.</summary>
internal static class GuestRecord
{
    // What an interrupt's exit does not save: X20 to X28.
    private const ulong NotSaved = 0x1ff0_0000;

    /// <summary>At an interrupt: there is no fault to walk for.</summary>
    public static void WriteInterrupted(ref Vcpu vcpu, StopReason reason)
    {
        if (!Recorder.IsThere)
            return;
        ref CrashRecord record = ref Begin(ref vcpu, reason);
        record.KnownRegisters &= ~NotSaved;
        Recorder.Commit(ref record, vcpu.Trace);
    }

    public static void Write(ref Vcpu vcpu, StopReason reason, EsrEl2 esr, ulong ipa, ulong far)
    {
        if (!Recorder.IsThere)
            return;
        ref CrashRecord record = ref Begin(ref vcpu, reason);
        Set(ref record, Arm64CrashRegister.ESR_EL2, esr.Value);
        Set(ref record, Arm64CrashRegister.FAR_EL2, far);
        Set(ref record, Arm64CrashRegister.IPA, ipa);
        new PageTable<Vmsav8Format, TableOps>(
            ref HypervisorPages.Pool, vcpu.Partition.Stage2, Vmsav8Format.Stage2(Stage2Registers.PhysicalSize), TableOps.Stage2).Record(ipa, ref record);
        Recorder.Commit(ref record, vcpu.Trace);
    }

    private static ref CrashRecord Begin(ref Vcpu vcpu, StopReason reason)
    {
        ref CrashRecord record = ref Recorder.Begin(vcpu.Core.Guest, ref vcpu.Core, (uint)reason, 0);
        for (int i = 0; i <= (int)Arm64CrashRegister.X30; i++)
            record.Set(i, vcpu.Context.X[i]);
        Set(ref record, Arm64CrashRegister.ELR_EL2, SystemRegister.ReadElr());
        Set(ref record, Arm64CrashRegister.SPSR_EL2, SystemRegister.ReadSpsr());
        Set(ref record, Arm64CrashRegister.SP_EL0, SystemRegister.ReadSpEl0());
        Set(ref record, Arm64CrashRegister.SP_EL1, SystemRegister.ReadSpEl1());
        Set(ref record, Arm64CrashRegister.ELR_EL1, SystemRegister.ReadElrEl1());
        Set(ref record, Arm64CrashRegister.SPSR_EL1, SystemRegister.ReadSpsrEl1());
        Set(ref record, Arm64CrashRegister.ESR_EL1, SystemRegister.ReadEsrEl1());
        Set(ref record, Arm64CrashRegister.FAR_EL1, SystemRegister.ReadFarEl1());
        Set(ref record, Arm64CrashRegister.VBAR_EL1, SystemRegister.ReadVbarEl1());
        Set(ref record, Arm64CrashRegister.SCTLR_EL1, SystemRegister.ReadSctlrEl1());
        Set(ref record, Arm64CrashRegister.TCR_EL1, SystemRegister.ReadTcrEl1());
        Set(ref record, Arm64CrashRegister.TTBR0_EL1, SystemRegister.ReadTtbr0El1());
        Set(ref record, Arm64CrashRegister.TTBR1_EL1, SystemRegister.ReadTtbr1El1());
        Set(ref record, Arm64CrashRegister.VTTBR_EL2, SystemRegister.ReadVttbr());
        return ref record;
    }

    private static void Set(ref CrashRecord record, Arm64CrashRegister register, ulong value) => record.Set((int)register, value);
}
