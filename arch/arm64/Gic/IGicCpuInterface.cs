namespace Bulkhead.Arm64.Gic;

/// <summary>
/// What the virtual GIC needs of the CPU it runs on. All of it concerns the calling CPU, except where an INTID or a
/// CPU number says otherwise. Physical interrupts have been acknowledged and their priority dropped before the
/// virtual GIC sees them (ICC_CTLR_EL1.EOImode = 1); it deactivates what no guest deactivates.
/// </summary>
public interface IGicCpuInterface
{
    /// <summary>ICH_VTR_EL2.ListRegs + 1; at least 2.</summary>
    static abstract int ListRegisterCount { get; }

    static abstract ListRegister ReadListRegister(int index);
    static abstract void WriteListRegister(int index, ListRegister value);

    /// <summary>WriteListRegister(0, value) without the way through the number.</summary>
    static abstract void WriteListRegister0(ListRegister value);

    /// <summary>For the trace: an interrupt is listed. The virtual timer's is not noted: the exit that brings it is its own.</summary>
    static abstract void NoteListed(uint intid);

    /// <summary>ICH_HCR_EL2.</summary>
    static abstract ulong ReadHcr();
    static abstract void WriteHcr(ulong value);

    /// <summary>ICH_ELRSR_EL2: list registers without a valid interrupt.</summary>
    static abstract uint ReadElrsr();

    /// <summary>ICH_EISR_EL2: list registers with an EOI maintenance interrupt.</summary>
    static abstract uint ReadEisr();

    /// <summary>ICC_IAR1_EL1; 1023 if nothing is pending.</summary>
    static abstract uint AcknowledgePhysical();

    /// <summary>ICC_EOIR1_EL1.</summary>
    static abstract void DropPriority(uint intid);

    /// <summary>ICC_DIR_EL1.</summary>
    static abstract void DeactivatePhysical(uint intid);

    /// <summary>
    /// The kick SGI to a board CPU. Everything written to memory before must be visible to whoever takes it: DSB ISHST
    /// stands before ICC_SGI1R_EL1 (IHI 0069 4.4.1: generating an SGI is no barrier).
    /// </summary>
    static abstract void SendKick(int physicalCpu);

    /// <summary>One turn of waiting for another CPU of the guest to answer a kick (YIELD).</summary>
    static abstract void Relax();

    // Physical GICD (SPIs) and the calling CPU's GICR (PPIs), by INTID.
    static abstract void SetPhysicalEnable(uint intid, bool enable);
    static abstract void SetPhysicalPending(uint intid, bool pending);
    static abstract void SetPhysicalActive(uint intid, bool active);
    static abstract void SetPhysicalEdge(uint intid, bool edge);
    static abstract void SetPhysicalRoute(uint intid, int physicalCpu);
    static abstract bool ReadPhysicalPending(uint intid);
}
