using System.Collections.Concurrent;
using Bulkhead.ImageBuilder.Commands;
using Bulkhead.ImageBuilder.Qemu;
using Xunit;

namespace Bulkhead.ImageBuilder.Tests.Commands;

/// <summary>What `update` without a bundle sends to the board that runs in a checkout, and what a user sees then.</summary>
public sealed class UpdateDecisionTests : IDisposable
{
    private readonly string _checkout = Directory.CreateTempSubdirectory("bulkhead-decisions").FullName;
    private readonly ConcurrentQueue<string> _asked = [];
    private readonly ManagementSocket _board;
    private string[] _answer = ["ok"];

    public UpdateDecisionTests()
    {
        File.WriteAllText(Path.Combine(_checkout, "Appliance.sln"), "");
        _board = new ManagementSocket(Path.Combine(_checkout, "out"), Answer);
    }

    public void Dispose()
    {
        _board.Dispose();
        Directory.Delete(_checkout, true);
    }

    [Theory]
    [InlineData("--confirm", "confirm", "  said that what is on trial works\n")]
    [InlineData("--rollback", "rollback", "  what was on trial goes back\n")]
    [InlineData("--abort", "abort", "  the bundle is forgotten\n")]
    public void A_decision_is_sent_once_and_said(string word, string command, string said)
    {
        Assert.Equal((ExitCode.Ok, "", said), Update(word));
        Assert.Equal([command], _asked);
    }

    [Fact]
    public void The_log_is_printed_without_the_word_before_its_lines()
    {
        _answer = ["log 1200 on trial: app", "log 3400 app works, somebody says", "ok"];
        Assert.Equal((ExitCode.Ok, "1200 on trial: app\n3400 app works, somebody says\n", ""), Update("--log"));
        Assert.Equal(["log"], _asked);
    }

    [Theory]
    [InlineData("--confirm", "error no-trial", "nothing is on trial, or its new version does not run yet\n")]
    [InlineData("--rollback", "error no-trial", "nothing is on trial, or its new version does not run yet\n")]
    [InlineData("--abort", "error no-bundle", "no bundle was begun, or the board has restarted since\n")]
    [InlineData("--log", "error off", "this appliance's manifest has `management: off`: only its control guest can update it\n")]
    public void A_refusal_is_said_and_nothing_else(string word, string answer, string said)
    {
        _answer = [answer];
        Assert.Equal((ExitCode.Failed, "", said), Update(word));
        Assert.Single(_asked);
    }

    [Fact]
    public void Another_run_is_not_meant()
    {
        Assert.Equal((ExitCode.Ok, "", "  the bundle is forgotten\n"), Update("--abort", "--run", $"{Environment.ProcessId}"));
        Assert.Equal((ExitCode.Failed, "", "no board runs here; ./bulkhead run starts one\n"), Update("--abort", "--run", "1"));
        Assert.Single(_asked);
    }

    private Task<IReadOnlyList<string>> Answer(string command)
    {
        _asked.Enqueue(command);
        return Task.FromResult<IReadOnlyList<string>>(_answer);
    }

    private (int Exit, string Output, string Errors) Update(params string[] words) => CommandLine.Run([("BULKHEAD_ROOT", _checkout)], ["update", .. words]);
}
