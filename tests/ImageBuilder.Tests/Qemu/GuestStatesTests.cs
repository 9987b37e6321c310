using Bulkhead.ImageBuilder.Qemu;
using Xunit;

namespace Bulkhead.ImageBuilder.Tests.Qemu;

public sealed class GuestStatesTests
{
    private static readonly string[] List =
    [
        "guest gateway running starts 1", "guest app delayed starts 3", "guest plc stopped starts 4 ended crash", "guest old stopped starts 2 ended off",
        "guest new running starts 2", "guest bad stopped starts 0 ended package", "guest late waiting starts 0", "guest hand held starts 1", "guest first loading starts 0", "ok",
    ];

    [Fact]
    public void Each_state_has_a_users_word() => Assert.Equal(
        " gateway running    app restarting 3    plc safe-stop    old off    new trial    bad no package    late waiting    hand held    first loading ",
        new GuestStates(List, ["bundle none", "trial new", "trial hypervisor", "ok"]).Line);

    [Fact]
    public void A_row_says_how_often_it_was_started() =>
        Assert.Equal("app             restarting 3    started 3 times", new GuestStates(List, ["error no-updates"]).Rows.ElementAt(1));

    [Theory]
    [InlineData("guest a running starts 1", "ok", false)]
    [InlineData("guest a running starts 1", "trial a", true)]
    [InlineData("guest a delayed starts 1", "ok", true)]
    [InlineData("guest a stopped starts 1 ended crash", "ok", false)]
    public void One_that_is_on_its_way_is_asked_for_again(string guest, string status, bool passing) =>
        Assert.Equal(passing, new GuestStates([guest, "ok"], [status]).IsPassing);

    [Fact]
    public void What_is_no_list_shows_nothing() => Assert.Equal("", new GuestStates(["error off"], ["guest"]).Line);
}
