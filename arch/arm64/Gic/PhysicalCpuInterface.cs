namespace Bulkhead.Arm64.Gic;

/// <summary>The CPU interface as EL2 uses it, and its virtual half as a guest finds it after reset.</summary>
public static class PhysicalCpuInterface<TRegisters> where TRegisters : struct, IPhysicalCpuInterface
{
    // ICC_SRE_EL2: SRE, DFB, DIB, and Enable for EL1's own ICC_SRE_EL1.
    private const ulong Sre = 0xf;

    /// <summary>ICC_CTLR_EL1.EOImode: EOIR drops the priority, DIR (or the guest, by HW) deactivates.</summary>
    private const ulong EoiMode = 1 << 1;

    /// <summary>ICH_VTR_EL2.TDS: ICH_HCR_EL2.TDIR exists.</summary>
    private const ulong Tds = 1ul << 19;

    /// <summary>ICH_VMCR_EL2 at reset: VPMR 0 masks all, binary points at their minima, EOImode 0 (12.4.10).</summary>
    private const ulong ResetVmcr = (2ul << 21) | (3ul << 18);

    /// <summary>Once on every CPU; returns how many list registers there are.</summary>
    public static int Initialize()
    {
        TRegisters.WriteIccSreEl2(Sre);
        TRegisters.Isb();
        TRegisters.WriteIccCtlrEl1(EoiMode);
        TRegisters.WriteIccPmrEl1(0xff);
        TRegisters.WriteIccBpr1El1(0);
        TRegisters.Isb();
        ResetVirtual();
        TRegisters.WriteIccIgrpen1El1(1);
        TRegisters.Isb();
        return ListRegisterCount;
    }

    public static int ListRegisterCount => (int)(TRegisters.ReadIchVtrEl2() & 31) + 1;

    /// <summary>Whether DIR writes can be trapped alone; where not, an interrupt spilled under EOImode 1 is not seen to end.</summary>
    public static bool CanTrapDeactivation => (TRegisters.ReadIchVtrEl2() & Tds) != 0;

    /// <summary>Before a vCPU's first instruction: no priorities active, everything masked.</summary>
    public static void ResetVirtual()
    {
        TRegisters.WriteIchHcrEl2(0);
        int count = ListRegisterCount;
        for (int index = 0; index < count; index++)
            TRegisters.WriteListRegister(index, default);
        TRegisters.WriteIchAp0r0El2(0);
        TRegisters.WriteIchAp1r0El2(0);
        TRegisters.WriteIchVmcrEl2(ResetVmcr);
        TRegisters.WriteIchHcrEl2(HypControl.En);
    }
}
