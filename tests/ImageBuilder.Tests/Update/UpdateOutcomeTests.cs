using Bulkhead.ImageBuilder.Update;
using Xunit;

namespace Bulkhead.ImageBuilder.Tests.Update;

/// <summary>What `update --wait` makes of a board's slots.</summary>
public sealed class UpdateOutcomeTests
{
    private static readonly string s_old = new('1', 64), s_new = new('2', 64);
    private static readonly BundleFile s_set = new([], "", [("gateway", s_new), ("app", s_new)]);

    [Theory]
    [InlineData("back crash gateway", "rolled back: gateway, app: gateway crashed")]
    [InlineData("back unconfirmed app", "rolled back: gateway, app: app was not confirmed in time")]
    [InlineData("back asked -", "rolled back: gateway, app: as somebody asked")]
    [InlineData("", "rolled back: gateway, app")]
    public void A_set_that_went_back_says_why(string back, string text)
    {
        UpdateOutcome outcome = UpdateOutcome.Of([Unit("gateway", "a", back), Unit("app", "a", back)], s_set)!;
        Assert.Equal((false, text), (outcome.IsConfirmed, outcome.Text));
    }

    [Fact]
    public void What_is_active_is_confirmed()
    {
        UpdateOutcome outcome = UpdateOutcome.Of([Unit("gateway", "b", ""), Unit("app", "b", "")], s_set)!;
        Assert.Equal((true, "confirmed: gateway, app"), (outcome.IsConfirmed, outcome.Text));
    }

    [Fact]
    public void The_table_of_slots_says_why_one_was_given_up() =>
        Assert.Contains("bad     2               0         2222222222222222  given up: gateway crashed\n", SlotsText.Table([Unit("app", "a", "back crash gateway")]));

    private static UnitSlots Unit(string name, string active, string back) => UnitSlots.Parse(
    [
        $"unit {name} active {active} trial - tries 0 rollback 0 {back}".TrimEnd(),
        $"slot {name} a {(active == "a" ? "active" : "ready")} 1 0 {s_old}",
        $"slot {name} b {(active == "b" ? "active" : "bad")} 2 0 {s_new}",
        "ok",
    ]);
}
