using Bulkhead.Memory;

namespace Bulkhead.Arm64.El2;

/// <summary>Puts this CPU's EL1 into the state of a reset and the vCPU's registers as PSCI and the boot protocol want.</summary>
internal static class VcpuReset
{
    // SCTLR_EL1 with MMU, caches and alignment checks off: the RES1 bits of Armv8.0 (DDI 0487 D24.2.175).
    private const ulong SctlrReset = 0x30d0_0800;
    // EL1h, D A I F masked.
    private const ulong SpsrReset = 0x3c5;
    private const ulong MpidrRes1 = 1ul << 31;

    public static void Run(ref Vcpu vcpu, GuestPhys entry, ulong argument)
    {
        vcpu.Context = default;
        vcpu.Context.X[0] = argument;
        vcpu.Timer = default;
        vcpu.LastAbortElr = 0;
        SystemRegister.WriteElr(entry.Value);
        SystemRegister.WriteSpsr(SpsrReset);
        SystemRegister.WriteSctlrEl1(SctlrReset);
        SystemRegister.WriteVpidr(SystemRegister.ReadMidr());
        SystemRegister.WriteVmpidr(MpidrRes1 | (uint)vcpu.Core.Index);
        SystemRegister.WriteTcrEl1(0);
        SystemRegister.WriteTtbr0El1(0);
        SystemRegister.WriteTtbr1El1(0);
        SystemRegister.WriteMairEl1(0);
        SystemRegister.WriteVbarEl1(0);
        SystemRegister.WriteCpacr(0);
        SystemRegister.WriteMdscr(0);
        SystemRegister.WriteContextidr(0);
        SystemRegister.WriteTpidrEl0(0);
        SystemRegister.WriteTpidrEl1(0);
        SystemRegister.WriteTpidrroEl0(0);
        SystemRegister.WriteSpEl0(0);
        SystemRegister.WriteSpEl1(0);
        SystemRegister.WriteCsselr(0);
        SystemRegister.WritePar(0);
        SystemRegister.WriteEsrEl1(0);
        SystemRegister.WriteFarEl1(0);
        SystemRegister.WriteElrEl1(0);
        SystemRegister.WriteSpsrEl1(0);
        SystemRegister.WriteCntkctl(0);
        SystemRegister.WriteCntvCtl(0);
        SystemRegister.WriteCntvCval(0);
        vcpu.Timer.Arm(SystemRegister.ReadCntpct(), vcpu.Core.Deadline);
        Instruction.ForgetTranslations();
        Instruction.ResetDebugRegisters();
        Instruction.ResetFpState();
    }
}
