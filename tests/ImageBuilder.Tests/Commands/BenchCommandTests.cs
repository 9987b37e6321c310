using Bulkhead.ImageBuilder.Commands;
using Xunit;

namespace Bulkhead.ImageBuilder.Tests.Commands;

/// <summary>Which measurements go together, and on which board. On a PATH with nothing on it, what is allowed ends before it begins.</summary>
public sealed class BenchCommandTests
{
    [Theory]
    [InlineData("--guest is for the operations, which --pulse leaves out", "--guest", "README.md", "--pulse")]
    [InlineData("--guest is for the operations, which --ratio leaves out", "--board", "bochs", "--guest", "README.md", "--ratio")]
    [InlineData("--guest is for the operations, which --start leaves out", "--guest", "README.md", "--start", "--write")]
    [InlineData("--guest is not for --write: the page is about the project's own guest", "--guest", "README.md", "--write")]
    [InlineData("--ratio is not measured on qemu-virt-arm64", "--ratio")]
    [InlineData("--start is not measured on bochs", "--board", "bochs", "--start")]
    [InlineData("--ratio is not measured on bochs-ryzen", "--board", "bochs-ryzen", "--ratio")]
    public void What_does_not_go_together_is_told(string text, params string[] words)
    {
        (int exit, string output, string errors) = Run(words);
        Assert.Equal((ExitCode.Usage, ""), (exit, output));
        Assert.Contains(text, errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--guest", "README.md")]
    [InlineData("--guest", "README.md", "--board", "bochs-ryzen")]
    [InlineData("--write")]
    [InlineData("--pulse", "--write")]
    [InlineData("--board", "qemu-q35", "--ratio")]
    [InlineData("--board", "bochs", "--ratio")]
    public void What_goes_together_is_begun(params string[] words) => Assert.Equal(ExitCode.MissingTools, Run(words).Exit);

    private static (int Exit, string Output, string Errors) Run(string[] words) => CommandLine.Run([("PATH", "/nowhere")], ["bench", .. words]);
}
