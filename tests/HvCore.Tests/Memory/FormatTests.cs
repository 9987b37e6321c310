using Bulkhead.Arm64.Memory;
using Bulkhead.Memory;
using Xunit;

namespace Bulkhead.Tests.Core;

/// <summary>Descriptors and registers against values put together by hand from DDI 0487.</summary>
public sealed class FormatTests
{
    private const MapAttributes Ram = MapAttributes.Read | MapAttributes.Write | MapAttributes.Execute;
    private const MapAttributes ReadWrite = MapAttributes.Read | MapAttributes.Write;

    private static readonly Vmsav8Format _stage2 = Vmsav8Format.Stage2(new PhysicalAddressSize(4));
    private static readonly Vmsav8Format _el2 = Vmsav8Format.El2(new PhysicalAddressSize(4), 39);

    [Theory]
    [InlineData(Ram, 1, 0x4000_07fdul)]                                             // AF, SH inner, S2AP RW, MemAttr 0b1111, block
    [InlineData(Ram, 2, 0x4000_07fful)]                                             // the same as a page
    [InlineData(ReadWrite | MapAttributes.Device, 2, 0x0040_0000_4000_04c7ul)]      // Device-nGnRE, XN
    [InlineData(MapAttributes.Read, 2, 0x0040_0000_4000_077ful)]
    [InlineData(ReadWrite | MapAttributes.NonCacheable, 2, 0x0040_0000_4000_07d7ul)]
    public void Stage2Leaves(MapAttributes attributes, int level, ulong entry)
    {
        Assert.Equal(entry, _stage2.MakeLeaf(new HostPhys(0x4000_0000), attributes, level));
        Assert.Equal(attributes, _stage2.AttributesOf(entry, level));
        Assert.False(_stage2.IsTable(entry, level));
    }

    [Theory]
    [InlineData(MapAttributes.Read | MapAttributes.Execute, 1, 0x4000_07c5ul)]      // Boot/Layout.h PTE_BLOCK_RX
    [InlineData(MapAttributes.Read | MapAttributes.Execute, 2, 0x4000_07c7ul)]      // PTE_PAGE_RX
    [InlineData(MapAttributes.Read, 2, 0x0040_0000_4000_07c7ul)]                    // PTE_PAGE_R
    [InlineData(ReadWrite, 2, 0x0040_0000_4000_0747ul)]                             // PTE_PAGE_RW
    [InlineData(ReadWrite | MapAttributes.Device, 2, 0x0040_0000_4000_0443ul)]
    [InlineData(MapAttributes.Read | MapAttributes.NonCacheable, 1, 0x0040_0000_4000_07c9ul)]
    public void Stage1Leaves(MapAttributes attributes, int level, ulong entry)
    {
        Assert.Equal(entry, _el2.MakeLeaf(new HostPhys(0x4000_0000), attributes, level));
        Assert.Equal(attributes, _el2.AttributesOf(entry, level));
    }

    [Theory]
    [InlineData(Ram)]
    [InlineData(MapAttributes.Write)]
    [InlineData(ReadWrite | MapAttributes.Execute | MapAttributes.Device)]
    [InlineData(MapAttributes.Read | MapAttributes.Execute | MapAttributes.Device)]
    public void TheHypervisorHasNothingWritableAndExecutable(MapAttributes attributes) =>
        Assert.False(_el2.Allows(attributes));

    [Fact]
    public void DevicesAreNeverExecutable() =>
        Assert.False(_stage2.Allows(Ram | MapAttributes.Device));

    [Theory]
    [InlineData(4ul, 0x8004_3559ul)]        // cortex-a57: 44 bits
    [InlineData(6ul, 0x8005_3559ul)]        // max: 52 bits, of which the granule reaches 48
    [InlineData(1ul, 0x8001_355cul)]        // 36 bits of input too: T0SZ 28
    [InlineData(0xf_0000_0002ul, 0x8002_3559ul)]
    public void Vtcr(ulong idAa64Mmfr0, ulong value) =>
        Assert.Equal(value, VtcrEl2.For(new PhysicalAddressSize(idAa64Mmfr0)).Value);

    [Fact]
    public void HostRegistersAreWhatBootLoads()
    {
        Assert.Equal(0x8080_3519ul, TcrEl2.For(new PhysicalAddressSize(0)).Value);  // Boot/Layout.h TCR_VALUE
        Assert.Equal(0x44ff04ul, MairEl2.Host.Value);                               // MAIR_VALUE
        Assert.Equal(0x0003_0000_4020_0000ul, new VttbrEl2(3, new HostPhys(0x4020_0000)).Value);
    }
}
