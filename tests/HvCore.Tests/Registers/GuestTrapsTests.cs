using Bulkhead.Arm64.Registers;
using Xunit;

namespace Bulkhead.HvCore.Tests.Registers;

/// <summary>The configuration against values put together by hand from DDI 0487 D24.2.</summary>
public class GuestTrapsTests
{
    // ID_AA64PFR0, PFR1, DFR0, ISAR1, ISAR2, MMFR0, MMFR1.
    private static CpuFeatures CortexA57 => new(0x2222, 0, 0x1030_5106, 0, 0, 0x1124, 0);
    private static CpuFeatures Everything => new(~0ul, ~0ul, ~0xf00ul | 0x800, ~0ul, ~0ul, ~0ul, ~0ul);
    private static CpuFeatures Nothing => new(0, 0, 0, 0, 0, 0, 0);

    // VM, SWIO, PTW, FMO, IMO, AMO, TID3, TSC, TIDCP, TACR, TSW, RW.
    private const ulong Hcr = 0x8000_0000 | 0x7c_0000 | 0x3f;

    [Fact]
    public void An_Armv8_0_CPU_has_what_Armv8_0_defines()
    {
        GuestTraps traps = GuestTraps.For(CortexA57, new MdcrEl2(6));
        Assert.Equal(Hcr, traps.Hcr.Value);
        Assert.Equal(0x10_33fful, traps.Cptr.Value);                // TTA, RES1
        Assert.Equal(0x866ul, traps.Mdcr.Value);                    // TDRA, TPM, TPMCR, HPMN 6
        Assert.Equal(1ul, traps.Cnthctl.Value);
        Assert.False(CortexA57.Has(CpuFeature.Hcx) || CortexA57.Has(CpuFeature.Fgt) || CortexA57.Has(CpuFeature.Fgt2));
    }

    [Fact]
    public void Each_later_feature_adds_its_traps()
    {
        GuestTraps traps = GuestTraps.For(Everything, new MdcrEl2(~0ul));
        Assert.Equal(Hcr | 1ul << 35 | 1ul << 36 | 3ul << 40 | 1ul << 58, traps.Hcr.Value);
        Assert.Equal(0x4010_33fful, traps.Cptr.Value);              // TAM
        Assert.Equal(0x8_487ful, traps.Mdcr.Value);                 // TTRF, TPMS; nothing of what stood there but HPMN
        Assert.Equal(1ul << 6, traps.Hcrx.Value);                   // TALLINT
        Assert.True(Everything.Has(CpuFeature.Hcx) && Everything.Has(CpuFeature.Fgt) && Everything.Has(CpuFeature.Fgt2));
    }

    [Fact]
    public void Where_a_feature_is_not_its_bits_are_zero()
    {
        GuestTraps traps = GuestTraps.For(Nothing, new MdcrEl2(0));
        Assert.Equal(Hcr, traps.Hcr.Value);
        Assert.Equal(0x800ul, traps.Mdcr.Value);
        Assert.Equal(0ul, traps.Hcrx.Value);
    }

    [Theory]
    [InlineData(0x2_0000ul, 0ul, false)]
    [InlineData(0x10ul, 0ul, true)]
    [InlineData(0x1000_0000ul, 0ul, true)]
    [InlineData(0ul, 0x1000ul, true)]
    [InlineData(0ul, 0x1_0000ul, false)]
    public void Pointer_authentication_has_six_fields(ulong isar1, ulong isar2, bool has) =>
        Assert.Equal(has, new CpuFeatures(0, 0, 0, isar1, isar2, 0, 0).Has(CpuFeature.PAuth));

    [Theory]
    [InlineData(1ul, false)]
    [InlineData(2ul, true)]
    public void Memory_tags_count_from_MTE2_on(ulong mte, bool has) =>
        Assert.Equal(has, new CpuFeatures(0, mte << 8, 0, 0, 0, 0, 0).Has(CpuFeature.Mte2));

    [Fact]
    public void A_PMU_that_is_not_the_architectures_has_no_bits() =>
        Assert.False(new CpuFeatures(0, 0, 0xf00, 0, 0, 0, 0).Has(CpuFeature.PmuV3));

    [Fact]
    public void FGT_counts() =>
        Assert.True(new CpuFeatures(0, 0, 0, 0, 0, 1ul << 56, 0).Has(CpuFeature.Fgt) && !new CpuFeatures(0, 0, 0, 0, 0, 1ul << 56, 0).Has(CpuFeature.Fgt2));
}
