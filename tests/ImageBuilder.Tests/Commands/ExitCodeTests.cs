using Xunit;

namespace Bulkhead.ImageBuilder.Tests.Commands;

/// <summary>What scripts rely on; RunTests and DoctorTests have the others.</summary>
public sealed class ExitCodeTests
{
    [Theory]
    [InlineData(0, "--help")]
    [InlineData(0, "--version")]
    [InlineData(0, "run", "--help")]
    [InlineData(0, "explain", "BH0012")]
    [InlineData(2)]
    [InlineData(2, "boot")]
    [InlineData(2, "inspect")]
    [InlineData(2, "build", "one.yaml", "two.yaml")]
    [InlineData(2, "explain", "BH9999")]
    [InlineData(2, "check", "partitions/demo/appliance.yaml", "--", "-d", "int")]
    [InlineData(2, "bench", "--board", "qemu-virt-arm64", "--ratio")]
    [InlineData(2, "bench", "--board", "bochs", "--start")]
    [InlineData(2, "bench", "--guest", "README.md", "--pulse")]
    [InlineData(2, "bench", "--guest", "README.md", "--write")]
    [InlineData(2, "bench", "--board", "bochs-ryzen", "--ratio")]
    [InlineData(2, "bench", "--board", "no-such-board")]
    [InlineData(2, "inspect", "nowhere.img", "--board", "qemu-q35")]
    [InlineData(3, "check", "nowhere.yaml")]
    [InlineData(3, "run", "nowhere.yaml", "--expect", "a=b")]
    [InlineData(3, "check", "partitions/demo/appliance.yaml", "--board", "no-such-board")]
    public void Is_what_the_help_says(int exit, params string[] words)
    {
        (int got, string output, string errors) = CommandLine.Run(words);
        Assert.Equal(exit, got);
        // One place for each: what was asked for on standard output, complaints on standard error.
        Assert.NotEqual("", exit == 0 ? output : errors);
        Assert.DoesNotContain("   at ", output + errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_command_has_help_with_a_line_about_it()
    {
        string[] list = CommandLine.Run("--help").Output.Split("Commands:\n")[1].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(list.Length >= 10);
        Assert.All(list, line => Assert.Matches(@"^  [a-z]+( <[^>]+>)? {2,}[A-Z].*\.$", line));
    }
}
