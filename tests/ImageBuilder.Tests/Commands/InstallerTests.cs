using Bulkhead.ImageBuilder.Commands;
using Xunit;

namespace Bulkhead.ImageBuilder.Tests.Commands;

public sealed class InstallerTests
{
    private const string Install = "apt-get -q install -y --no-install-recommends clang lld";

    private readonly List<string> _started = [], _asked = [];
    private readonly StringWriter _said = new();

    private bool Run(bool root, bool yes, bool? answer, string[] here, params bool[] results)
    {
        Queue<bool> outcomes = new(results);
        return new Installer
        {
            IsRoot = root,
            Find = tool => here.Contains(tool) ? "/bin/" + tool : null,
            Ask = answer is null ? null : question => { _asked.Add(question); return answer.Value; },
            Start = words => { _started.Add(string.Join(' ', words)); return outcomes.Dequeue(); },
            Say = _said,
        }.Install(["clang", "lld"], yes);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Root_is_not_asked(bool yes)
    {
        Assert.True(Run(true, yes, null, ["apt-get"], true));
        Assert.Equal(["env DEBIAN_FRONTEND=noninteractive " + Install], _started);
    }

    [Fact]
    public void Before_sudo_the_user_is_asked()
    {
        Assert.True(Run(false, false, true, ["apt-get", "sudo"], true));
        Assert.Equal(["install them now (sudo apt-get install --no-install-recommends clang lld)?"], _asked);
        Assert.Equal(["sudo env DEBIAN_FRONTEND=noninteractive " + Install], _started);
    }

    [Fact]
    public void No_is_an_answer()
    {
        Assert.False(Run(false, false, false, ["apt-get", "sudo"]));
        Assert.Empty(_started);
    }

    [Fact]
    public void Yes_asks_nothing()
    {
        Assert.True(Run(false, true, true, ["apt-get", "sudo"], true));
        Assert.Empty(_asked);
    }

    [Fact]
    public void With_nobody_to_ask_it_says_what_to_do_and_does_nothing()
    {
        Assert.False(Run(false, false, null, ["apt-get", "sudo"]));
        Assert.Empty(_started);
        Assert.Contains("sudo apt-get install --no-install-recommends clang lld", _said.ToString(), StringComparison.Ordinal);
        Assert.Contains("--yes", _said.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void With_nobody_there_sudo_does_not_wait_for_a_password()
    {
        Assert.True(Run(false, true, null, ["apt-get", "sudo"], true));
        Assert.StartsWith("sudo -n env ", _started[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "as root: apt-get install", "apt-get")]
    [InlineData(false, "there is no apt-get here", "sudo")]
    [InlineData(true, "there is no apt-get here", "sudo")]
    public void What_cannot_be_done_is_said(bool root, string advice, string here)
    {
        Assert.False(Run(root, true, true, [here]));
        Assert.Empty(_started);
        Assert.Contains(advice, _said.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Old_package_lists_are_read_anew()
    {
        Assert.True(Run(true, true, null, ["apt-get"], false, true, true));
        Assert.EndsWith("apt-get -q update", _started[1], StringComparison.Ordinal);
        Assert.EndsWith(Install, _started[2], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true, false)]
    public void A_failure_says_what_to_do_by_hand(params bool[] results)
    {
        Assert.False(Run(false, true, null, ["apt-get", "sudo"], results));
        Assert.Contains("by hand: sudo apt-get install", _said.ToString(), StringComparison.Ordinal);
    }
}
