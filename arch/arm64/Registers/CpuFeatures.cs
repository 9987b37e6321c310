using System.Runtime.CompilerServices;

namespace Bulkhead.Arm64.Registers;

/// <summary>What a CPU has, by its ID registers (DDI 0487 D24.2).</summary>
public readonly struct CpuFeatures
{
    // APA, API, GPA, GPI; APA3, GPA3.
    private const ulong PointerAuthentication1 = 0xful << 4 | 0xful << 8 | 0xful << 24 | 0xful << 28;
    private const ulong PointerAuthentication2 = 0xful << 12 | 0xful << 8;
    // A PMU that is not the architecture's.
    private const ulong OtherPmu = 15;

    private readonly CpuFeature _set;

    /// <param name="pfr0">ID_AA64PFR0_EL1.</param>
    /// <param name="pfr1">ID_AA64PFR1_EL1.</param>
    /// <param name="dfr0">ID_AA64DFR0_EL1.</param>
    /// <param name="isar1">ID_AA64ISAR1_EL1.</param>
    /// <param name="isar2">ID_AA64ISAR2_EL1.</param>
    /// <param name="mmfr0">ID_AA64MMFR0_EL1.</param>
    /// <param name="mmfr1">ID_AA64MMFR1_EL1.</param>
    public CpuFeatures(ulong pfr0, ulong pfr1, ulong dfr0, ulong isar1, ulong isar2, ulong mmfr0, ulong mmfr1)
    {
        ulong pmu = Field(dfr0, 8);
        bool pauth = (isar1 & PointerAuthentication1 | isar2 & PointerAuthentication2) != 0;
        _set = If(Field(pfr0, 28) != 0, CpuFeature.Ras)
            | If(Field(pfr0, 44) != 0, CpuFeature.AmuV1)
            | If(Field(pfr1, 8) >= 2, CpuFeature.Mte2)
            | If(Field(pfr1, 36) != 0, CpuFeature.Nmi)
            | If(pmu != 0 && pmu != OtherPmu, CpuFeature.PmuV3)
            | If(Field(dfr0, 32) != 0, CpuFeature.Spe)
            | If(Field(dfr0, 40) != 0, CpuFeature.Trf)
            | If(pauth, CpuFeature.PAuth)
            | If(Field(mmfr0, 56) != 0, CpuFeature.Fgt)
            | If(Field(mmfr0, 56) >= 2, CpuFeature.Fgt2)
            | If(Field(mmfr1, 16) != 0, CpuFeature.Lor)
            | If(Field(mmfr1, 40) != 0, CpuFeature.Hcx);
    }

    public bool Has(CpuFeature feature) => (_set & feature) != 0;

    /// <summary>The bits, where the CPU has what they are for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong If(CpuFeature feature, ulong bits) => (_set & feature) != 0 ? bits : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static CpuFeature If(bool has, CpuFeature feature) => has ? feature : CpuFeature.None;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Field(ulong register, int lowestBit) => register >> lowestBit & 0xf;
}
