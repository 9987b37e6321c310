using Bulkhead.Arm64.Registers;
using Xunit;

namespace Bulkhead.HvCore.Tests.Registers;

public class IdRegisterPolicyTests
{
    private const ulong Everything = ~0ul;

    [Theory]
    [InlineData(24, 32)]    // ID_AA64PFR0.SVE
    [InlineData(24, 8)]     // .EL2
    [InlineData(24, 12)]    // .EL3
    [InlineData(24, 28)]    // .RAS
    [InlineData(24, 40)]    // .MPAM
    [InlineData(24, 44)]    // .AMU
    [InlineData(25, 8)]     // ID_AA64PFR1.MTE
    [InlineData(25, 24)]    // .SME
    [InlineData(25, 32)]    // .CSV2_frac
    [InlineData(25, 36)]    // .NMI
    [InlineData(32, 8)]     // ID_AA64DFR0.PMUVer
    [InlineData(32, 32)]    // .PMSVer
    [InlineData(32, 4)]     // .TraceVer
    [InlineData(49, 16)]    // ID_AA64MMFR1.LO
    [InlineData(49, 8)]     // .VH
    [InlineData(50, 24)]    // ID_AA64MMFR2.NV
    [InlineData(42, 16)]    // ID_AA64ISAR2.MOPS
    public void A_feature_that_is_not_the_guests_is_not_announced(int register, int field) =>
        Assert.Equal(0ul, IdRegisterPolicy.GuestValue(register, Everything) >> field & 15);

    [Theory]
    [InlineData(24, 24)]    // ID_AA64PFR0.GIC
    [InlineData(41, 4)]     // ID_AA64ISAR1.APA
    [InlineData(32, 12)]    // ID_AA64DFR0.BRPs
    [InlineData(50, 36)]    // ID_AA64MMFR2.IDS: how the CPU refuses, whoever runs on it
    public void What_is_the_guests_is_the_hardwares(int register, int field) =>
        Assert.Equal(5ul, IdRegisterPolicy.GuestValue(register, 5ul << field) >> field & 15);

    [Fact]
    public void EL1_is_AArch64_only() => Assert.Equal(1ul, IdRegisterPolicy.GuestValue(24, 0x2222) >> 4 & 15);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(3, 1)]
    public void SCXTNUM_is_never_announced(ulong csv2, ulong seen) =>
        Assert.Equal(seen, IdRegisterPolicy.GuestValue(24, csv2 << 56) >> 56 & 15);

    [Fact]
    public void Unlisted_registers_read_as_zero()
    {
        foreach (int register in new[] { 26, 27, 30, 31, 33, 36, 43, 51, 52, 55 })
            Assert.Equal(0ul, IdRegisterPolicy.GuestValue(register, Everything));
    }
}
