using Bulkhead.Boot;
using Bulkhead.ImageBuilder.Fleet;
using Bulkhead.ImageBuilder.Layout;
using Bulkhead.ImageBuilder.Tests.Report;
using Bulkhead.ImageBuilder.Tests.Update;
using Bulkhead.ImageBuilder.Update;
using Bulkhead.Update;
using Xunit;

namespace Bulkhead.ImageBuilder.Tests.Fleet;

/// <summary>The fleet agent between a stub of hawkBit and a board that is an image: what the server hears, and when.</summary>
public sealed class FleetTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("bulkhead-fleet").FullName;
    private readonly HawkbitStub _server = new() { Artifact = ImageUpdateTests.Bundle("2", 3) };
    private readonly DdiClient _client;
    private readonly string _image;

    public FleetTests()
    {
        _client = new DdiClient(_server.Root, "TargetToken", HawkbitStub.Token);
        _image = Path.Combine(_folder, "board.img");
        File.WriteAllBytes(_image, SampleImage.Bytes);
    }

    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
        Directory.Delete(_folder, true);
    }

    [Fact]
    public async Task Success_is_reported_when_the_hypervisor_has_confirmed_and_not_before()
    {
        Task<TimeSpan> once = Agent().Once(default);
        await OnTrial();
        Assert.DoesNotContain(_server.Feedback, feedback => feedback.Contains("closed"));
        Assert.False(once.IsCompleted);
        Decide(true);
        Assert.Equal(TimeSpan.FromSeconds(7), await once);
        Assert.Equal(
            ["deploymentBase proceeding none downloads plain.bhu", "deploymentBase proceeding none writes plain", "deploymentBase proceeding none on trial",
             "deploymentBase closed success confirmed by the hypervisor"],
            _server.Feedback);
        Assert.Equal("bulkhead", (string?)_server.Attributes?["data"]?["client"]);
        await Agent().Once(default);
        Assert.Equal(4, _server.Feedback.Count);
    }

    [Fact]
    public async Task A_rollback_is_a_failure_with_its_reason()
    {
        Task once = Agent().Once(default);
        await OnTrial();
        Decide(false);
        await once;
        Assert.Equal("deploymentBase closed failure rolled back: plain: plain was not confirmed in time", _server.Feedback[^1]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_interrupted_download_goes_on(bool knowsRanges)
    {
        (_server.Interruptions, _server.KnowsRanges) = (3, knowsRanges);
        Task once = Agent().Once(default);
        await OnTrial();
        Decide(true);
        await once;
        Assert.EndsWith("closed success confirmed by the hypervisor", _server.Feedback[^1]);
        Assert.Equal("", _server.Ranges[0]);
        Assert.Equal(4, _server.Ranges.Count);
        Assert.All(_server.Ranges.Skip(1), range => Assert.StartsWith("bytes=", range));
    }

    [Fact]
    public async Task A_wrong_hash_is_a_failure_and_the_board_is_not_touched()
    {
        _server.Sha256 = new string('0', 64);
        await Agent().Once(default);
        Assert.Equal("deploymentBase closed failure plain.bhu does not have the sha256 that the server promised", _server.Feedback[^1]);
        Assert.Equal(SampleImage.Bytes, File.ReadAllBytes(_image));
        Assert.Empty(Directory.GetFiles(_folder, "*.bhu", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task What_the_board_refuses_is_a_failure_with_its_reason()
    {
        _server.Artifact = ImageUpdateTests.Bundle("2", 3, SampleImage.Appliance with { Name = "other" });
        await Agent().Once(default);
        Assert.Equal("deploymentBase closed failure it is for another appliance", _server.Feedback[^1]);
        Assert.Equal(SampleImage.Bytes, File.ReadAllBytes(_image));
    }

    [Theory]
    [InlineData("downloads")]
    [InlineData("writes")]
    public async Task An_action_that_is_cancelled_before_activation_is_given_up(string after)
    {
        _server.CancelAfter = after;
        await Agent().Once(default);
        Assert.Equal("cancelAction closed success cancelled before anything was activated", _server.Feedback[^1]);
        using ImageChannel channel = new(_image, false);
        Assert.All(new UpdateClient(channel).Slots(), unit => Assert.Null(unit.Trial));
    }

    [Fact]
    public async Task An_action_on_trial_is_no_longer_cancelled()
    {
        _server.CancelAfter = "on trial";
        Task once = Agent().Once(default);
        await OnTrial();
        while (!_server.Feedback.Any(feedback => feedback.StartsWith("cancelAction")))
            await Task.Delay(50);
        Assert.StartsWith("cancelAction rejected none", _server.Feedback[^1]);
        Decide(true);
        await once;
        Assert.EndsWith("closed success confirmed by the hypervisor", _server.Feedback[^1]);
    }

    /// <summary>Nothing is sent twice, and the outcome is not lost with the agent.</summary>
    [Fact]
    public async Task An_agent_that_was_ended_during_the_trial_reports_its_outcome_later()
    {
        using CancellationTokenSource end = new();
        Task once = Agent().Once(end.Token);
        await OnTrial();
        end.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => once);
        Decide(false);
        await Agent().Once(default);
        Assert.Equal("deploymentBase closed failure rolled back: plain: plain was not confirmed in time", _server.Feedback[^1]);
        Assert.Single(_server.Ranges);
        Assert.Single(_server.Feedback, feedback => feedback.Contains("writes"));
    }

    [Fact]
    public async Task A_wrong_token_is_an_error()
    {
        using DdiClient stranger = new(_server.Root, "TargetToken", "wrong");
        await Assert.ThrowsAsync<HttpRequestException>(() => stranger.Poll(default));
    }

    private FleetAgent Agent() => new(_client, () => new ImageChannel(_image, true), Path.Combine(_folder, "work"), _ => { }) { LookEvery = TimeSpan.FromMilliseconds(100) };

    private async Task OnTrial()
    {
        for (int i = 0; i < 600 && !_server.Feedback.Any(feedback => feedback.EndsWith("on trial")); i++)
            await Task.Delay(50);
        Assert.Contains(_server.Feedback, feedback => feedback.EndsWith("on trial"));
    }

    // What a board's hypervisor does when the guest has proved itself, or has not.
    private void Decide(bool works)
    {
        using FileStream file = new(_image, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        UpdateStore<FileFlash> store = new() { Flash = new FileFlash(file.SafeFileHandle) };
        FirstStageConfig config = new() { State0 = TableBuilder.Image(SampleImage.Layout.State0), State1 = TableBuilder.Image(SampleImage.Layout.State1) };
        Assert.True(store.Open(in config));
        Assert.True(works ? UpdateState.ReportHealthy(ref store.Record, UpdateUnit.FirstGuest) : UpdateState.RollBack(ref store.Record, BackReason.Unconfirmed, UpdateUnit.FirstGuest) != 0);
        Assert.True(store.TryKeep());
    }
}
