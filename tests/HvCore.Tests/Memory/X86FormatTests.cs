using Bulkhead.Memory;
using Bulkhead.X86.Memory;
using Xunit;

namespace Bulkhead.Tests.Core;

/// <summary>Entries against values put together by hand from the manuals.</summary>
public sealed class X86FormatTests
{
    private const MapAttributes Ram = MapAttributes.Read | MapAttributes.Write | MapAttributes.Execute;
    private const MapAttributes ReadWrite = MapAttributes.Read | MapAttributes.Write;

    private static readonly FourLevelFormat _host = FourLevelFormat.Host(X86Cpus.Large);
    private static readonly FourLevelFormat _npt = FourLevelFormat.Npt(X86Cpus.Large);
    private static readonly FourLevelFormat _ept = FourLevelFormat.Ept(X86Cpus.Large, X86Cpus.LargeEpt);

    [Theory]
    [InlineData(MapAttributes.Read | MapAttributes.Execute, 3, 0x4000_0061ul)]              // P, A, D
    [InlineData(MapAttributes.Read | MapAttributes.Execute, 2, 0x4000_00e1ul)]              // PS
    [InlineData(MapAttributes.Read, 3, 0x8000_0000_4000_0061ul)]                            // XD
    [InlineData(ReadWrite, 1, 0x8000_0000_4000_00e3ul)]
    [InlineData(ReadWrite | MapAttributes.Device, 3, 0x8000_0000_4000_007bul)]              // PCD, PWT: PAT 3, UC
    [InlineData(ReadWrite | MapAttributes.NonCacheable, 3, 0x8000_0000_4000_0073ul)]        // PCD: PAT 2, UC-
    public void HostLeaves(MapAttributes attributes, int level, ulong entry)
    {
        Assert.Equal(entry, _host.MakeLeaf(new HostPhys(0x4000_0000), attributes, level));
        Assert.Equal(attributes, _host.AttributesOf(entry, level));
    }

    [Theory]
    [InlineData(Ram, 2, 0x4000_00e7ul)]
    [InlineData(ReadWrite | MapAttributes.Device, 3, 0x8000_0000_4000_007ful)]
    public void NestedLeaves(MapAttributes attributes, int level, ulong entry) =>
        Assert.Equal(entry, _npt.MakeLeaf(new HostPhys(0x4000_0000), attributes, level));

    [Theory]
    [InlineData(Ram, 1, 0x4000_00b7ul)]                                                     // R, W, X, WB, leaf
    [InlineData(Ram, 3, 0x4000_0037ul)]
    [InlineData(MapAttributes.Read, 3, 0x4000_0031ul)]
    [InlineData(ReadWrite | MapAttributes.Device, 3, 0x4000_0043ul)]                        // UC, ignore PAT
    [InlineData(ReadWrite | MapAttributes.NonCacheable, 3, 0x4000_000bul)]                  // WC
    public void ExtendedLeaves(MapAttributes attributes, int level, ulong entry)
    {
        Assert.Equal(entry, _ept.MakeLeaf(new HostPhys(0x4000_0000), attributes, level));
        Assert.Equal(attributes, _ept.AttributesOf(entry, level));
    }

    [Fact]
    public void TablesAllowEverything()
    {
        Assert.Equal(0x1234_5023ul, _host.MakeTable(new HostPhys(0x1234_5000), 0));
        Assert.Equal(0x1234_5027ul, _npt.MakeTable(new HostPhys(0x1234_5000), 0));
        Assert.Equal(0x1234_5007ul, _ept.MakeTable(new HostPhys(0x1234_5000), 0));
    }

    [Fact]
    public void NobodyHasExecutableDevicesAndTheHypervisorNothingWritableAndExecutable()
    {
        Assert.False(_host.Allows(Ram));
        Assert.True(_npt.Allows(Ram));
        Assert.True(_ept.Allows(Ram));
        Assert.False(_npt.Allows(Ram | MapAttributes.Device));
        Assert.False(_ept.Allows(Ram | MapAttributes.Device));
        Assert.False(_ept.Allows(ReadWrite | MapAttributes.Device | MapAttributes.NonCacheable));
    }

    [Fact]
    public void LargePagesAreWhatTheCpuHas()
    {
        Assert.True(_ept.HasBlocks(1));
        Assert.False(_ept.HasBlocks(0));
        Assert.False(FourLevelFormat.Ept(X86Cpus.Large, X86Cpus.SmallEpt).HasBlocks(1));    // EPT says, CPUID does not matter
        Assert.True(FourLevelFormat.Ept(X86Cpus.Small, X86Cpus.SmallEpt).HasBlocks(2));
        Assert.False(FourLevelFormat.Ept(X86Cpus.Small, new EptCapabilities(0x611_4141 & ~(1ul << 16))).HasBlocks(2));
        Assert.False(FourLevelFormat.Npt(X86Cpus.Small).HasBlocks(1));
    }

    [Fact]
    public void Capabilities()
    {
        Assert.True(X86Cpus.SmallEpt.AreEnough);
        foreach (int bit in new[] { 6, 14, 20, 26 })
            Assert.False(new EptCapabilities(0xf01_0611_4141 & ~(1ul << bit)).AreEnough);
        Assert.Equal(46, X86Cpus.Large.PhysicalBits);
        Assert.Equal(52, new PagingFeatures(0, 0x39).PhysicalBits);
        Assert.Equal(0x1234_501eul, new Eptp(new HostPhys(0x1234_5000)).Value);
    }
}
