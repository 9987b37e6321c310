using System.Runtime;
using System.Runtime.CompilerServices;

namespace Bulkhead.Arm64.El2;

/// <summary>The system registers that Boot/Accessors.S offers, under the manual's names (DDI 0487 D22, IHI 0069 12).</summary>
internal static class SystemRegister
{
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Read_MPIDR_EL1")] public static extern ulong ReadMpidr();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Read_MIDR_EL1")] public static extern ulong ReadMidr();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Read_CNTPCT_EL0")] public static extern ulong ReadCntpct();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Read_CNTFRQ_EL0")] public static extern ulong ReadCntfrq();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_HCR_EL2")] public static extern void WriteHcr(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_HCRX_EL2")] public static extern void WriteHcrx(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_CPTR_EL2")] public static extern void WriteCptr(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_MDCR_EL2")] public static extern void WriteMdcr(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Read_MDCR_EL2")] public static extern ulong ReadMdcr();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_HSTR_EL2")] public static extern void WriteHstr(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_CNTHCTL_EL2")] public static extern void WriteCnthctl(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_CNTVOFF_EL2")] public static extern void WriteCntvoff(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_CNTHP_CTL_EL2")] public static extern void WriteCnthpCtl(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_CNTHP_CVAL_EL2")] public static extern void WriteCnthpCval(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_CNTV_CTL_EL0")] public static extern void WriteCntvCtl(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_CNTV_CVAL_EL0")] public static extern void WriteCntvCval(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_VTCR_EL2")] public static extern void WriteVtcr(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Read_VTTBR_EL2")] public static extern ulong ReadVttbr();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_VTTBR_EL2")] public static extern void WriteVttbr(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_TTBR0_EL2")] public static extern void WriteTtbr0(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_VPIDR_EL2")] public static extern void WriteVpidr(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_VMPIDR_EL2")] public static extern void WriteVmpidr(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Read_ESR_EL2")] public static extern ulong ReadEsr();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Read_FAR_EL2")] public static extern ulong ReadFar();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Read_ELR_EL2")] public static extern ulong ReadElr();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_ELR_EL2")] public static extern void WriteElr(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Read_SPSR_EL2")] public static extern ulong ReadSpsr();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_SPSR_EL2")] public static extern void WriteSpsr(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_SCTLR_EL1")] public static extern void WriteSctlrEl1(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_ESR_EL1")] public static extern void WriteEsrEl1(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_FAR_EL1")] public static extern void WriteFarEl1(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_ELR_EL1")] public static extern void WriteElrEl1(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_SPSR_EL1")] public static extern void WriteSpsrEl1(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Read_SCTLR_EL1")] public static extern ulong ReadSctlrEl1();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Read_ESR_EL1")] public static extern ulong ReadEsrEl1();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Read_FAR_EL1")] public static extern ulong ReadFarEl1();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Read_ELR_EL1")] public static extern ulong ReadElrEl1();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Read_SPSR_EL1")] public static extern ulong ReadSpsrEl1();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Read_TCR_EL1")] public static extern ulong ReadTcrEl1();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Read_TTBR0_EL1")] public static extern ulong ReadTtbr0El1();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Read_TTBR1_EL1")] public static extern ulong ReadTtbr1El1();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Read_SP_EL0")] public static extern ulong ReadSpEl0();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Read_SP_EL1")] public static extern ulong ReadSpEl1();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Read_VBAR_EL1")] public static extern ulong ReadVbarEl1();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_VBAR_EL1")] public static extern void WriteVbarEl1(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_CNTKCTL_EL1")] public static extern void WriteCntkctl(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_CPACR_EL1")] public static extern void WriteCpacr(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_TCR_EL1")] public static extern void WriteTcrEl1(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_TTBR0_EL1")] public static extern void WriteTtbr0El1(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_TTBR1_EL1")] public static extern void WriteTtbr1El1(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_MAIR_EL1")] public static extern void WriteMairEl1(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_MDSCR_EL1")] public static extern void WriteMdscr(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_CONTEXTIDR_EL1")] public static extern void WriteContextidr(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_TPIDR_EL1")] public static extern void WriteTpidrEl1(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_TPIDR_EL0")] public static extern void WriteTpidrEl0(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_TPIDRRO_EL0")] public static extern void WriteTpidrroEl0(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_SP_EL0")] public static extern void WriteSpEl0(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_SP_EL1")] public static extern void WriteSpEl1(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_CSSELR_EL1")] public static extern void WriteCsselr(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Read_PAR_EL1")] public static extern ulong ReadPar();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_PAR_EL1")] public static extern void WritePar(ulong value);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Read_ICC_SRE_EL2")] public static extern ulong ReadIccSre();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_ICC_SRE_EL2")] public static extern void WriteIccSre(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Read_ICC_CTLR_EL1")] public static extern ulong ReadIccCtlr();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_ICC_CTLR_EL1")] public static extern void WriteIccCtlr(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_ICC_PMR_EL1")] public static extern void WriteIccPmr(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_ICC_BPR1_EL1")] public static extern void WriteIccBpr1(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_ICC_IGRPEN1_EL1")] public static extern void WriteIccIgrpen1(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Read_ICC_IAR1_EL1")] public static extern ulong ReadIccIar1();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_ICC_EOIR1_EL1")] public static extern void WriteIccEoir1(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_ICC_DIR_EL1")] public static extern void WriteIccDir(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_ICC_SGI1R_EL1")] public static extern void WriteIccSgi1r(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Read_ICH_HCR_EL2")] public static extern ulong ReadIchHcr();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_ICH_HCR_EL2")] public static extern void WriteIchHcr(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Read_ICH_VTR_EL2")] public static extern ulong ReadIchVtr();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Read_ICH_MISR_EL2")] public static extern ulong ReadIchMisr();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Read_ICH_EISR_EL2")] public static extern ulong ReadIchEisr();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Read_ICH_ELRSR_EL2")] public static extern ulong ReadIchElrsr();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Read_ICH_VMCR_EL2")] public static extern ulong ReadIchVmcr();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_ICH_VMCR_EL2")] public static extern void WriteIchVmcr(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_ICH_AP0R0_EL2")] public static extern void WriteIchAp0r0(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_ICH_AP1R0_EL2")] public static extern void WriteIchAp1r0(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "ReadListRegister")] public static extern ulong ReadListRegister(int index);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "WriteListRegister")] public static extern void WriteListRegister(int index, ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "WriteListRegister0")] public static extern void WriteListRegister0(ulong value);

    /// <summary>FEAT_FGT: HDFGRTR_EL2 and HDFGWTR_EL2; HFGRTR_EL2, HFGWTR_EL2 and HFGITR_EL2 become 0.</summary>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "WriteFineGrainedTraps")] public static extern void WriteFineGrainedTraps(ulong debug);

    /// <summary>FEAT_FGT2: HFGRTR2_EL2, HFGWTR2_EL2, HFGITR2_EL2, HDFGRTR2_EL2 and HDFGWTR2_EL2 become 0.</summary>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "ClearFineGrainedTraps2")] public static extern void ClearFineGrainedTraps2();

    /// <summary>An ID register by (CRm - 1) * 8 + op2 of op0 3, op1 0, CRn 0.</summary>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "ReadIdRegister")] public static extern ulong ReadIdRegister(int index);
}
