using Bulkhead.ImageBuilder.Commands;
using Xunit;

namespace Bulkhead.ImageBuilder.Tests.Commands;

/// <summary>Which manifest is meant when none is named: a checkout's demo. This one has an error, which tells that it was read.</summary>
public sealed class ManifestArgumentTests : IDisposable
{
    private readonly string _checkout = Directory.CreateTempSubdirectory("bulkhead-checkout").FullName;

    public ManifestArgumentTests()
    {
        File.WriteAllText(Path.Combine(_checkout, "Appliance.sln"), "");
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(_checkout, "partitions/demo")).FullName, "appliance.yaml"), "appliance: demo\nboard: 7up\n");
    }

    public void Dispose() => Directory.Delete(_checkout, true);

    [Theory]
    [InlineData("check")]
    [InlineData("build")]
    [InlineData("run")]
    [InlineData("relock")]
    [InlineData("package", "app")]
    [InlineData("blackbox")]
    public void It_is_the_demos(params string[] words)
    {
        (int exit, string output, string errors) = CommandLine.Run([("BULKHEAD_ROOT", _checkout)], words);
        Assert.Equal((ExitCode.Manifest, ""), (exit, output));
        Assert.Contains("partitions/demo/appliance.yaml:2:8: error ", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("check")]
    [InlineData("build")]
    [InlineData("run")]
    [InlineData("relock")]
    public void Its_help_says_so(string command)
    {
        string help = CommandLine.Run(command, "--help").Output;
        Assert.Contains("[<APPLIANCE.yaml>]", help, StringComparison.Ordinal);
        Assert.Contains("the demo's when left out", help, StringComparison.Ordinal);
    }
}
