namespace Bulkhead.Arm64.Registers;

/// <summary>
/// HCR_EL2 (DDI 0487 D24.2). What is not set, and why: TWI, TWE (a vCPU owns its CPU and may sleep on it); FB, BSU (it
/// never moves to another); TVM, TTLB, TPC, TPU, TID4, TICAB, TOCU, TTLBIS, TTLBOS (its own translation and caches, under its
/// VMID); TID1, TID2 (the CPU it is pinned to is the one it should know); TEA (an abort of its own access is its own);
/// FWB (the stage 2 leaves say the memory type); EnSCXT, ATA, TME, FIEN, NV, E2H, TGE (hidden, or EL2's).
/// </summary>
public readonly struct HcrEl2(ulong value)
{
    /// <summary>Stage 2 translation.</summary>
    private const ulong Vm = 1ul << 0;
    /// <summary>Invalidation by set/way would clean too; some CPUs have it fixed to 1.</summary>
    private const ulong Swio = 1ul << 1;
    /// <summary>A stage 1 walk in Device memory faults instead of reading registers.</summary>
    private const ulong Ptw = 1ul << 2;
    /// <summary>Physical FIQs, IRQs and SErrors come to EL2, and EL1 gets virtual ones.</summary>
    private const ulong Fmo = 1ul << 3, Imo = 1ul << 4, Amo = 1ul << 5;
    /// <summary>ID registers: IdRegisterPolicy.</summary>
    private const ulong Tid3 = 1ul << 18;
    /// <summary>SMC: the guest's firmware is the hypervisor.</summary>
    private const ulong Tsc = 1ul << 19;
    /// <summary>IMPLEMENTATION DEFINED registers reach the whole CPU, or cluster.</summary>
    private const ulong Tidcp = 1ul << 20;
    /// <summary>ACTLR_EL1, for the same reason.</summary>
    private const ulong Tacr = 1ul << 21;
    /// <summary>Set/way reaches other guests' lines (D7.5.9.4).</summary>
    private const ulong Tsw = 1ul << 22;
    /// <summary>EL1 is AArch64.</summary>
    private const ulong Rw = 1ul << 31;
    /// <summary>FEAT_LOR: limited ordering regions are of physical addresses.</summary>
    private const ulong Tlor = 1ul << 35;
    /// <summary>FEAT_RAS: error records are the board's.</summary>
    private const ulong Terr = 1ul << 36;
    /// <summary>FEAT_PAuth: keys and instructions are not trapped.</summary>
    private const ulong Apk = 1ul << 40, Api = 1ul << 41;
    /// <summary>FEAT_MTE2, which is hidden: GMID_EL1.</summary>
    private const ulong Tid5 = 1ul << 58;

    public readonly ulong Value = value;

    public static HcrEl2 For(CpuFeatures features) => new(
        Vm | Swio | Ptw | Fmo | Imo | Amo | Tid3 | Tsc | Tidcp | Tacr | Tsw | Rw
        | features.If(CpuFeature.Lor, Tlor)
        | features.If(CpuFeature.Ras, Terr)
        | features.If(CpuFeature.PAuth, Apk | Api)
        | features.If(CpuFeature.Mte2, Tid5));
}
