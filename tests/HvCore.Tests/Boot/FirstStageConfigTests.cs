using System.Runtime.InteropServices;
using Bulkhead.Boot;
using Bulkhead.Partitions;
using Xunit;

namespace Bulkhead.HvCore.Tests.Boot;

/// <summary>The numbers that arch/arm64/FirstStage/Start.S and the formats rely on.</summary>
public class FirstStageConfigTests
{
    [Theory]
    [InlineData(nameof(FirstStageConfig.Flash), 8)]
    [InlineData(nameof(FirstStageConfig.HypervisorRam), 24)]
    [InlineData(nameof(FirstStageConfig.Scratch), 40)]
    [InlineData(nameof(FirstStageConfig.DeviceTree), 56)]
    [InlineData(nameof(FirstStageConfig.Uart), 64)]
    public void A_field_lies_where_the_assembly_reads_it(string field, int offset) =>
        Assert.Equal(offset, (int)Marshal.OffsetOf<FirstStageConfig>(field));

    [Fact]
    public void The_config_fits_the_space_the_assembly_keeps() => Assert.Equal(240, Marshal.SizeOf<FirstStageConfig>());

    [Fact]
    public void The_package_header_fits_its_block() => Assert.True(Marshal.SizeOf<PackageHeader>() <= PackageHeader.StoredSize);

    [Fact]
    public void The_hypervisor_header_fits_its_block() =>
        Assert.True(Marshal.SizeOf<HypervisorHeader>() <= HypervisorHeader.StoredSize);
}
