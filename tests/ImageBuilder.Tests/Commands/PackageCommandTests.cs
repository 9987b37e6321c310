using Bulkhead.ImageBuilder.Commands;
using Xunit;

namespace Bulkhead.ImageBuilder.Tests.Commands;

/// <summary>What a mistyped unit costs: no build.</summary>
public sealed class PackageCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("bulkhead-package").FullName;

    public void Dispose() => Directory.Delete(_folder, true);

    // The one line is all: a build says what it compiles and packs.
    [Theory]
    [InlineData("ap", "ap")]
    [InlineData("ap", "app", "ap", "table")]
    [InlineData("Table", "hypervisor", "Table")]
    public void A_unit_that_there_is_not_is_named_before_anything_is_built(string odd, params string[] units)
    {
        string bundle = Path.Combine(_folder, "new.bhu");
        (int exit, string output, string errors) = CommandLine.Run([("BULKHEAD_COMPILED", "1")], ["package", .. units, "-o", bundle]);
        string demo = Path.Combine(CommandLine.Root, "partitions/demo/appliance.yaml");
        Assert.Equal((ExitCode.Build, "", $"error: {demo} has no guest '{odd}'; it has gateway, app, pulse, hypervisor, table\n"), (exit, output, errors));
        Assert.False(File.Exists(bundle));
    }
}
