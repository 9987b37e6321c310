namespace Bulkhead.Arm64.Registers;

/// <summary>CPTR_EL2 with HCR_EL2.E2H = 0 (DDI 0487 D24.2). FP and AdvSIMD are the guest's; TCPAC 0 leaves it CPACR_EL1.</summary>
public readonly struct CptrEl2(ulong value)
{
    private const ulong Res1 = 0xff | 1ul << 9 | 1ul << 13;
    /// <summary>SVE, which the hypervisor's own q registers would clobber. RES1 where there is none.</summary>
    private const ulong Tz = 1ul << 8;
    /// <summary>SME, for the same reason. RES1 where there is none.</summary>
    private const ulong Tsm = 1ul << 12;
    /// <summary>Trace registers; RES0, or without effect, where there are none.</summary>
    private const ulong Tta = 1ul << 20;
    /// <summary>FEAT_AMUv1: activity monitors count what others do too.</summary>
    private const ulong Tam = 1ul << 30;

    public readonly ulong Value = value;

    public static CptrEl2 For(CpuFeatures features) => new(Res1 | Tz | Tsm | Tta | features.If(CpuFeature.AmuV1, Tam));
}
