using Xunit;

namespace Bulkhead.Emulator.Tests;

/// <summary>What a manifest says of health and of the last resort.</summary>
[Collection("emulator")]
public sealed class UpdatePolicyTests
{
    public static TheoryData<string> Boards => ["qemu-virt-arm64", "qemu-q35"];

    [Theory]
    [MemberData(nameof(Boards))]
    public void A_fed_watchdog_confirms_where_the_manifest_says_so(string board)
    {
        UpdateManifest first = new(board, 1) { Gateway = "watchdog: {timeout: 60 s, boot: 30 s}", Update = "{confirm: 3 s, health: watchdog}" };
        using UpdateFolder folder = new(first);
        folder.Update(folder.Pack(first with { Version = 2, Does = "silent" }, "gateway"));
        folder.Run("gateway=version 2", "bulkhead=gateway: goes back to its confirmed slot", "gateway=version 1");
        folder.Update(folder.Pack(first with { Version = 3, Does = "feed" }, "gateway"));
        folder.Run("gateway=version 3", "bulkhead=gateway: its update is confirmed");
        Assert.Equal("active b, a ready, b active", folder.Slots("gateway"));
    }

    [Theory]
    [MemberData(nameof(Boards))]
    public void A_guest_without_restarts_falls_back_and_then_stops_while_the_other_runs_on(string board)
    {
        UpdateManifest first = new(board, 1)
        {
            Does = "fail",
            Gateway = "restart: {on: [crash], delay: 0 ms, limit: 2 per 60 s, then: [fallback, safe-stop]}",
            Neighbour = "{project: pulse}",
        };
        using UpdateFolder folder = new(first);
        folder.Update(folder.Pack(first with { Version = 2 }, "gateway"));
        using (RunningBoard run = folder.Start())
        {
            run.WaitFor("gateway: its update is confirmed");
            run.WaitFor("gateway: falls back to its other slot");
            run.WaitFor("version 1");
            run.WaitFor("gateway: is held off");
            run.WaitFor("periods=");
            run.WaitFor("periods=");
            Assert.Equal(3, run.Output.Split("probe: version 2").Length - 1);
            Assert.Equal(3, run.Output.Split("probe: version 1").Length - 1);
            Assert.Equal(1, run.Output.Split("app: starts").Length - 1);
        }
        Assert.Equal("active a, a active, b bad", folder.Slots("gateway"));
        // Held again after a power cycle, and no worse: the slot that is left may be written anew.
        folder.Update(folder.Pack(first with { Version = 3, Does = "report" }, "gateway"));
        folder.Run("gateway=version 3", "bulkhead=gateway: its update is confirmed");
    }
}
