using Xunit;

namespace Bulkhead.Emulator.Tests;

/// <summary>Updates of what the board itself runs by: the hypervisor and the appliance table.</summary>
[Collection("emulator")]
public sealed class BoardUpdateTests
{
    private const string Arm = "qemu-virt-arm64", Pc = "qemu-q35";
    private const string Confirmed = "hypervisor or appliance table: its update is confirmed";

    /// <summary>The second version's table leaves app off, which says on the console that it is used.</summary>
    [Theory]
    [InlineData(Arm)]
    [InlineData(Pc)]
    public void A_table_and_then_a_hypervisor_are_tried_and_confirmed(string board)
    {
        UpdateManifest first = new(board, 1), next = first with { Version = 2, App = "autostart: false" };
        using UpdateFolder folder = new(first);
        folder.Update(folder.Pack(next, "table"));
        folder.Run("gateway=version 1", "bulkhead=app: is not started at boot", "bulkhead=" + Confirmed);
        Assert.Equal("active b, a ready, b active", folder.Slots("table"));
        folder.Update(folder.Pack(next, "hypervisor"));
        folder.Run("gateway=version 1", "bulkhead=app: is not started at boot", "bulkhead=" + Confirmed);
        Assert.Equal("active b, a ready, b active", folder.Slots("hypervisor"));
        byte[] before = File.ReadAllBytes(folder.Image);
        folder.Run("gateway=trial done", "bulkhead=app: is not started at boot");
        Assert.True(before.AsSpan().SequenceEqual(File.ReadAllBytes(folder.Image)), "an ordinary boot has written");
    }

    /// <summary>The board is reset twice meanwhile: into the trial, and back from one that its guest does not speak for.</summary>
    [Fact]
    public void A_running_board_takes_a_hypervisor_and_a_table_together()
    {
        UpdateManifest first = new(Arm, 1), next = first with { Version = 2, App = "autostart: false" };
        using UpdateFolder folder = new(first);
        string set = folder.Pack(next, "table", "hypervisor");
        using (RunningBoard board = folder.Start())
        {
            board.WaitFor("app: starts");
            UpdateFolder.Say("update", set, "--wait", "--run", board.Run);
            board.WaitFor("the board is reset");
            board.WaitFor("app: is not started at boot");
            board.WaitFor(Confirmed);
        }
        Assert.Equal("active b, a ready, b active", folder.Slots("table"));
        Assert.Equal("active b, a ready, b active", folder.Slots("hypervisor"));
    }

    [Fact]
    public void A_table_that_its_guest_does_not_speak_for_goes_back()
    {
        UpdateManifest first = new(Arm, 1) { Does = "silent" };
        using UpdateFolder folder = new(first);
        folder.Update(folder.Pack(first with { Version = 2, App = "autostart: false" }, "table"));
        folder.Run("bulkhead=app: is not started at boot", "bulkhead=hypervisor or appliance table: goes back to its confirmed slot", "app=version 1", "app=trial done");
        Assert.Equal("active a, a active, b bad", folder.Slots("table"));
    }

    [Theory]
    [InlineData(Arm)]
    [InlineData(Pc)]
    public void A_damaged_hypervisor_is_refused_and_the_old_one_runs(string board)
    {
        using UpdateFolder folder = new(new(board, 1));
        folder.Update(folder.Pack(new(board, 2), "hypervisor"));
        folder.Damage("hypervisor-b");
        string output = folder.Run("gateway=trial done", "app=trial done");
        Assert.Contains("first stage: hypervisor slot b has another digest than its header says", output, StringComparison.Ordinal);
        Assert.Equal("active a, a active, b bad", folder.Slots("hypervisor"));
    }

    /// <summary>It is right by all its digests, and then does nothing: power cycles alone bring the old one back.</summary>
    [Theory]
    [InlineData(Arm)]
    [InlineData(Pc)]
    public void A_hypervisor_that_hangs_is_given_up_by_power_cycles(string board)
    {
        using UpdateFolder folder = new(new(board, 1));
        string bundle = folder.Pack(new(board, 2), "hypervisor");
        File.WriteAllBytes(bundle, ForgedBundle.Hanging(File.ReadAllBytes(bundle)));
        folder.Update(bundle);
        for (int tries = 3, cycles = 0; tries > 0; cycles++)
        {
            Assert.True(cycles < 20, "power cycles use up no tries");
            Assert.Equal($"active a, trial b ({tries} tries), a active, b trial", folder.Slots("hypervisor"));
            // A busy machine may not come as far as the launch in this time; a launch uses up one try and no more.
            Assert.DoesNotContain("version", folder.RunFor(4), StringComparison.Ordinal);
            tries -= folder.Slots("hypervisor").Contains($"({tries} tries)", StringComparison.Ordinal) ? 0 : 1;
        }
        folder.Run("gateway=trial done", "app=trial done");
        Assert.Equal("active a, a active, b bad", folder.Slots("hypervisor"));
    }

    /// <summary>Started, fed, and stopped by the time the update is confirmed: TCO_TMR is register 12h, TCO1_CNT 08h, bit 11 of it halts.</summary>
    [Fact]
    public void A_hypervisor_on_trial_has_the_boards_watchdog_run_and_leaves_it_stopped()
    {
        using UpdateFolder folder = new(new(Pc, 1)) { Qemu = ["-trace", "tco_io_write"] };
        folder.Update(folder.Pack(new(Pc, 2), "hypervisor"));
        string[] words = folder.Run("gateway=version 1", "bulkhead=" + Confirmed).Split();
        string[] writes = [.. words.Zip(words.Skip(1)).Where(pair => pair.First is "addr=0x8" or "addr=0x12").Select(pair => $"{pair.First} {pair.Second}")];
        Assert.Equal(["addr=0x12 val=0x19", "addr=0x8 val=0x0", "addr=0x12 val=0x1f4"], writes[..3]);
        Assert.Equal("addr=0x8 val=0x800", writes[^1]);
    }

    /// <summary>The chip set's timer resets the board three times, and nobody touches it.</summary>
    [Fact]
    public void A_hypervisor_that_hangs_is_given_up_by_the_boards_watchdog()
    {
        using UpdateFolder folder = new(new(Pc, 1));
        string bundle = folder.Pack(new(Pc, 2), "hypervisor");
        File.WriteAllBytes(bundle, ForgedBundle.Hanging(File.ReadAllBytes(bundle)));
        folder.Update(bundle);
        string output = folder.RunWithin(600, "gateway=trial done", "app=trial done");
        Assert.Contains("first stage: the hypervisor on trial goes back to its confirmed slot", output, StringComparison.Ordinal);
        Assert.Equal("active a, a active, b bad", folder.Slots("hypervisor"));
        Assert.Contains("given up: hypervisor was started as often as it may be", UpdateFolder.Say("slots", folder.Image), StringComparison.Ordinal);
    }
}
