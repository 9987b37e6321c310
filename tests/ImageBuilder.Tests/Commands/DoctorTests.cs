using Xunit;

namespace Bulkhead.ImageBuilder.Tests.Commands;

/// <summary>A machine that lacks things: a PATH with nothing on it but what the test puts there.</summary>
public sealed class DoctorTests : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("bulkhead-path").FullName;

    public void Dispose() => Directory.Delete(_path, true);

    [Fact]
    public void What_is_missing_is_named_with_the_way_to_get_it()
    {
        CommandLine.Script(_path, "clang", "echo 'Debian clang version 14.0.6'");
        (int exit, string output, _) = CommandLine.Run([("PATH", _path)], "doctor");
        Assert.Equal(4, exit);
        Assert.Matches(@"(?m)^  clang +14\.0\.6 ", output);
        Assert.Matches(@"(?m)^  ld\.lld +missing ", output);
        Assert.Matches(@"(?m)^  qemu-system-aarch64 +missing ", output);
        Assert.Matches(@"(?m)^ .*apt-get install --no-install-recommends .*lld.* qemu-system-arm", output);
        Assert.DoesNotMatch(@"(?m)^ .*apt-get install .* clang", output);
    }

    [Fact]
    public void What_a_Bochs_can_make_is_said()
    {
        string other = Path.Combine(_path, "old-bochs");
        CommandLine.Script(_path, "old-bochs", "echo 'Bochs x86 Emulator 2.6'; exec >&2; echo 'Supported CPU models:'; echo; echo ryzen; echo corei7_skylake_x");
        (_, string output, _) = CommandLine.Run([("PATH", _path)], "doctor", "--bochs", other);
        Assert.Matches(@"(?m)^  old-bochs +2\.6 ", output);
        Assert.Matches(@"(?m)^  board bochs-ryzen +can be made ", output);
        Assert.Matches(@"(?m)^  board bochs +cannot be made .*corei7_icelake_u", output);
    }

    [Theory]
    [InlineData("build", "partitions/demo/appliance.yaml")]
    [InlineData("run")]
    [InlineData("bench")]
    [InlineData("test")]
    public void Without_tools_a_command_ends_before_it_begins(params string[] words)
    {
        // Nobody is root and nobody can answer: there is no apt-get on this PATH.
        (int exit, string output, string errors) = CommandLine.Run([("PATH", _path)], [.. words, "--yes"]);
        Assert.Equal((4, ""), (exit, output));
        Assert.Contains("missing: clang, lld", errors, StringComparison.Ordinal);
        Assert.Contains("apt-get", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_check_needs_no_tools()
    {
        (int exit, string output, _) = CommandLine.Run([("PATH", _path)], "check", "partitions/demo/appliance.yaml");
        Assert.Equal((0, "partitions/demo/appliance.yaml: no errors\nmanagement over the board's UART: on, and nobody is asked for a password\n"), (exit, output));
    }
}
