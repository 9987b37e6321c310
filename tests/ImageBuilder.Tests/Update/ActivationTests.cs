using Bulkhead.ImageBuilder.Update;
using Xunit;

namespace Bulkhead.ImageBuilder.Tests.Update;

/// <summary>A board that is reset into a trial may take its answer to `activate` along.</summary>
public sealed class ActivationTests
{
    private const string New = "22", Old = "11";

    private static readonly BundleFile s_bundle = new([], "", [("table", New)]);

    [Theory]
    [InlineData("a trial b tries 2 rollback 0", "active", "trial")]
    [InlineData("b trial - tries 0 rollback 0", "ready", "active")]
    [InlineData("a trial - tries 0 rollback 0", "active", "bad")]
    public void Its_slots_tell_that_it_was_activated(string unit, string a, string b)
    {
        SilentBoard board = new(unit, a, b);
        new UpdateClient(board).Activate(s_bundle);
        Assert.Equal(["activate", "slots", "slots", "slots", "slots table"], board.Asked);
    }

    // Its socket is found, and then nobody listens any more.
    [Fact]
    public void A_board_that_has_just_ended_is_said_to_have() =>
        Assert.Equal("the board's run has ended", Assert.ThrowsAny<IOException>(() => new BoardChannel(Path.Combine(Path.GetTempPath(), $"no-board-{Environment.ProcessId}.sock"))).Message);

    [Fact]
    public void Its_slots_tell_that_it_was_not()
    {
        UpdateRefusedException refusal = Assert.Throws<UpdateRefusedException>(() =>
            new UpdateClient(new SilentBoard("a trial - tries 0 rollback 0", "active", "ready")).Activate(s_bundle));
        Assert.Contains("nothing was activated", refusal.Message);
    }

    /// <summary>Answers nothing while it starts again.</summary>
    private sealed class SilentBoard(string unit, string a, string b) : IUpdateChannel
    {
        private const int Silence = 3;

        public List<string> Asked { get; } = [];

        public int Window => 1;

        public void Send(string command) => Asked.Add(command);

        public IReadOnlyList<string> Receive()
        {
            if (Asked.Count <= Silence)
                return ["error no-answer"];
            string said = $"unit table active {unit}";
            return Asked[^1] == "slots" ? [said, "ok"] : [said, $"slot table a {a} 1 0 {Old}", $"slot table b {b} 2 0 {New}", "ok"];
        }

        public void Dispose()
        {
        }
    }
}
