using Bulkhead.ImageBuilder.Diagnostics;
using Xunit;

namespace Bulkhead.ImageBuilder.Tests.Manifest;

public class RenderTests
{
    [Fact]
    public void BothPlacesAndTheCaretAreShown()
    {
        (_, DiagnosticBag bag) = Load.Text("""
            appliance: x
            board: small
            guests:
              one: {cpus: [0, 1], memory: 16 MiB, kernel: {project: hello}}
              two: {cpus: [1], memory: 16 MiB, kernel: {project: hello}}

            """);
        string text = Load.Render(bag);
        Assert.Contains(":5:16: error BH0202: CPU 1 is given to the guests one and two\n", text);
        Assert.Contains("""
                5 |   two: {cpus: [1], memory: 16 MiB, kernel: {project: hello}}
                  |                ^
            """, text);
        Assert.Contains(":4:19: guest one has it here\n", text);
        Assert.Contains("                  -\n", text);
        Assert.EndsWith("1 error, 0 warnings. `./bulkhead explain BH0202` says more about BH0202.\n", text);
    }

    [Fact]
    public void WholeValueIsUnderlinedAndHelpFollows()
    {
        (_, DiagnosticBag bag) = Load.Text("appliance: x\nboard: small\nguests:\n  one: {cpus: [0], memroy: 16 MiB, kernel: {project: hello}}\n");
        string text = Load.Render(bag);
        Assert.Contains("                   ^^^^^^\n  help: did you mean `memory`?\n", text);
        Assert.Contains("guest one lacks the key `memory`", text);
    }

    [Theory]
    [InlineData("small", "arm64", "ttyS0", "ttyAMA0")]
    [InlineData("pc", "amd64", "ttyAMA0", "ttyS0")]
    public void AnotherConsoleIsShownWithTheRightOne(string board, string architecture, string wrong, string right)
    {
        (Model.Appliance? appliance, DiagnosticBag bag) = Load.Text($"appliance: x\nboard: {board}\nguests:\n  one:\n    cpus: [0]\n    memory: 64 MiB\n"
            + $"    linux:\n      package: linux-image-{architecture}\n      cmdline: quiet console={wrong},115200\n");
        Assert.NotNull(appliance);
        string text = Load.Render(bag);
        Assert.Contains($":9:16: warning BH0233: guest one has no {wrong}: its UART is {right}\n", text);
        Assert.Contains($"cmdline: quiet console={wrong},115200\n      |                {new string('^', $"quiet console={wrong},115200".Length)}\n  help: `console={{console}}` is right on every board\n", text);
    }

    [Fact]
    public void LongLinesAreShownAroundTheCaret()
    {
        (_, DiagnosticBag bag) = Load.Text($"appliance: x\nboard: small\nguests: {{one: {{cpus: [0], {new string(' ', 300)} memory: 16 MB, kernel: {{project: hello}}}}}}\n");
        string[] lines = Load.Render(bag).Split('\n');
        Assert.All(lines.Where(l => l.Contains(" | ")), l => Assert.InRange(l.Length, 1, 130));
        int source = Array.FindIndex(lines, l => l.Contains("memory: 16 MB"));
        Assert.Equal(lines[source].IndexOf("16 MB", StringComparison.Ordinal), lines[source + 1].IndexOf('^'));
        Assert.Contains("^^^^^", lines[source + 1]);
    }

    [Fact]
    public void ControlCharactersDoNotReachTheTerminal()
    {
        (_, DiagnosticBag bag) = Load.Text("appliance: \"\u202e\\x1b[2J\"\nboard: small\nguests: {}\n");
        string text = Load.Render(bag);
        Assert.DoesNotContain('\u001b', text);
        Assert.DoesNotContain('\u202e', text);
    }

    [Fact]
    public void ColourIsOptional()
    {
        (_, DiagnosticBag bag) = Load.Text("appliance: x\n");
        Assert.Contains('\u001b', Load.Render(bag, colour: true));
        Assert.DoesNotContain('\u001b', Load.Render(bag));
    }

    [Fact]
    public void ApplianceComesBeforeItsBoardAndLinesInOrder()
    {
        DiagnosticBag bag = new();
        Bulkhead.ImageBuilder.Manifest.ApplianceLoader.Load(Path.Combine(TestFiles.Folder, "Bad", "unused.yaml"), TestFiles.Boards, null, bag);
        Bulkhead.ImageBuilder.Manifest.ApplianceLoader.Load(Path.Combine(TestFiles.Folder, "Bad", "misaligned.yaml"), TestFiles.Boards, null, bag);
        Assert.All(bag.All.Zip(bag.All.Skip(1)).Where(p => p.First.Span.File == p.Second.Span.File),
            p => Assert.True((p.First.Span.Line, p.First.Span.Column).CompareTo((p.Second.Span.Line, p.Second.Span.Column)) <= 0));
    }
}
