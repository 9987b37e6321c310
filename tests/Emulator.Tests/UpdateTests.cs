using Xunit;

namespace Bulkhead.Emulator.Tests;

/// <summary>Updates of one guest, written into an image and tried by a board that keeps what it writes: probe says which version runs.</summary>
[Collection("emulator")]
public sealed class UpdateTests
{
    public static TheoryData<string> Boards => ["qemu-virt-arm64", "qemu-q35"];

    [Theory]
    [MemberData(nameof(Boards))]
    public void A_version_that_works_is_confirmed_and_stays(string board)
    {
        UpdateManifest first = new(board, 1);
        using UpdateFolder folder = new(first);
        folder.Update(folder.Pack(first with { Version = 2 }, "gateway"));
        folder.Run("gateway=version 2", "app=version 1", "bulkhead=gateway: its update is confirmed");
        byte[] before = File.ReadAllBytes(folder.Image);
        string output = folder.Run("gateway=version 2", "app=trial done");
        Assert.DoesNotContain("on trial,", output, StringComparison.Ordinal);
        Assert.True(before.AsSpan().SequenceEqual(File.ReadAllBytes(folder.Image)), "an ordinary boot has written");
    }

    [Theory]
    [MemberData(nameof(Boards))]
    public void A_version_that_says_nothing_goes_back_while_the_other_guest_runs_on(string board)
    {
        UpdateManifest first = new(board, 1);
        using UpdateFolder folder = new(first);
        folder.Update(folder.Pack(first with { Version = 3, Does = "silent" }, "gateway"));
        string output = folder.Run("gateway=version 3", "bulkhead=gateway: stopped: its update was not confirmed in time", "bulkhead=gateway: goes back to its confirmed slot", "gateway=version 1");
        Assert.Equal(output.IndexOf("app: starts", StringComparison.Ordinal), output.LastIndexOf("app: starts", StringComparison.Ordinal));
        folder.Run("gateway=version 1");
        Assert.Contains("given up: gateway was not confirmed in time", UpdateFolder.Say("slots", folder.Image), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Boards))]
    public void Who_brings_a_version_that_crashes_is_told(string board)
    {
        UpdateManifest first = new(board, 1);
        using UpdateFolder folder = new(first);
        string bundle = folder.Pack(first with { Version = 4, Does = "crash" }, "gateway");
        using RunningBoard running = folder.Start();
        running.WaitFor("version 1");
        (int exit, string output) = Board.Bulkhead("update", bundle, "--wait", "--run", running.Run);
        Assert.Equal(1, exit);
        Assert.Contains("rolled back: gateway: gateway crashed", output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Boards))]
    public void A_version_that_crashes_goes_back_after_its_tries(string board)
    {
        UpdateManifest first = new(board, 1);
        using UpdateFolder folder = new(first);
        folder.Update(folder.Pack(first with { Version = 4, Does = "crash" }, "gateway"));
        string output = folder.Run("gateway=version 4", "gateway=version 1", "app=trial done");
        Assert.Equal(3, output.Split("probe: version 4").Length - 1);
        Assert.Contains("gateway: goes back to its confirmed slot", output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Boards))]
    public void Power_cuts_in_a_trial_cost_its_tries(string board)
    {
        UpdateManifest first = new(board, 1);
        using UpdateFolder folder = new(first);
        folder.Update(folder.Pack(first with { Version = 3, Does = "silent" }, "gateway"));
        // Each run ends before the time to confirm has.
        for (int i = 0; i < 3; i++)
            folder.Run("gateway=version 3");
        folder.Run("gateway=version 1");
    }

    [Theory]
    [MemberData(nameof(Boards))]
    public void With_both_slots_bad_the_others_run(string board)
    {
        UpdateManifest first = new(board, 1), next = first with { Version = 2 };
        using UpdateFolder folder = new(first);
        string bundle = folder.Pack(next, "gateway");
        folder.Update(bundle);
        folder.Damage("gateway-a");
        folder.Damage("gateway-b");
        folder.Run("bulkhead=gateway: not started: its package was refused", "app=version 1", "app=trial done");
        // Not for ever: what was damaged may be written again.
        folder.Update(bundle);
        folder.Run("gateway=version 2", "bulkhead=gateway: its update is confirmed");
    }
}
