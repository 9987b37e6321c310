using Bulkhead.ImageBuilder.Update;
using Bulkhead.Update;
using Xunit;

namespace Bulkhead.Emulator.Tests;

/// <summary>Bundles that are not for a board, pushed to it while it runs and to its slots while it does not: refused with the reason, and the old version runs.</summary>
[Collection("emulator")]
public sealed class UpdateAttackTests
{
    private const string Arm = "qemu-virt-arm64";

    private static readonly UpdateManifest s_signed = new(Arm, 1)
    {
        More = "keys: {root: root.pem}\nproduction: true",
        Gateway = "key: gateway.pem, rollback: 1",
        App = "key: app.pem",
    };

    [Fact]
    public void A_running_board_refuses_what_is_not_for_it_and_takes_what_is()
    {
        using UpdateFolder folder = new(s_signed, MakeKeys);
        // One of the bundles is for a PC.
        _ = PcBoard.Demo;
        byte[] Pack(UpdateManifest manifest, params string[] units) => File.ReadAllBytes(folder.Pack(manifest, units));
        UpdateManifest good = s_signed with { Version = 2, Gateway = "key: gateway.pem, rollback: 2" };
        byte[] bundle = Pack(good, "gateway"), next = Pack(good with { Version = 3 }, "gateway");
        byte[] set = Pack(good, "gateway", "app");
        byte[] others = ForgedBundle.Part(set, 1).ToArray();
        string gatewaysKey = Path.Combine(folder.Path, "gateway.pem");

        using RunningBoard board = folder.Start();
        board.WaitFor("gateway  | probe: trial done");
        using BoardChannel channel = board.Open();
        IReadOnlyList<string> units = Ask(channel, "slots");

        Refused(channel, "bad-bundle", bundle[..^4096]);
        Refused(channel, "bad-bundle", Flipped(bundle, 100));
        Refused(channel, "bad-signature", Flipped(bundle, BundleHeader.SignatureOffset + 7));
        Refused(channel, "bad-package gateway", Flipped(bundle, BundleHeader.StoredSize + 60));
        Refused(channel, "wrong-digest gateway", Flipped(bundle, bundle.Length - 1));
        Refused(channel, "other-appliance", Pack(good with { Appliance = "another" }, "gateway"));
        Refused(channel, "other-board", Pack(good with { Board = "qemu-q35" }, "gateway"));
        // By a supplier of another guest, in the name of this one; and this one's, who packs the other's software.
        Refused(channel, "bad-signature", Pack(good with { Gateway = "key: app.pem, rollback: 2" }, "gateway"));
        Refused(channel, "bad-package gateway", ForgedBundle.Seal(ForgedBundle.WithPart(bundle, 0, others), gatewaysKey));
        // One part of the set is another set's.
        Refused(channel, "wrong-digest gateway", ForgedBundle.WithPart(set, 0, ForgedBundle.Part(next, 0)));
        // Verified is one, to be activated another one that the board has not verified, or not even all of.
        Send(channel, bundle);
        Ask(channel, $"begin {next.Length} {Name(next)}");
        Assert.Equal("error incomplete", Ask(channel, "activate")[^1]);
        Send(channel, bundle);
        Send(channel, next, verify: false);
        Assert.Equal("error not-verified", Ask(channel, "activate")[^1]);

        Assert.Equal(units, Ask(channel, "slots"));
        Assert.Equal(1, board.Output.Split("gateway: starts").Length - 1);
        Send(channel, bundle);
        Assert.Equal("ok", Ask(channel, "activate")[^1]);
        board.WaitFor("gateway  | probe: version 2");
        board.WaitFor("gateway: its update is confirmed");
        // What was right once, sent again.
        Refused(channel, "downgrade gateway", Pack(s_signed, "gateway"));
        Assert.Equal(1, board.Output.Split("app: starts").Length - 1);
        Assert.Equal(2, board.Output.Split("gateway: starts").Length - 1);
    }

    /// <summary>The slot's bytes change between their verification and their launch: to rubbish, and to a package that somebody else has signed.</summary>
    [Fact]
    public void What_changes_after_its_verification_is_not_launched()
    {
        using UpdateFolder folder = new(s_signed, MakeKeys);
        folder.Update(folder.Pack(s_signed with { Version = 2 }, "gateway"));
        folder.Damage("gateway-b");
        string output = folder.Run("bulkhead=gateway: not started: its package was refused", "bulkhead=gateway: goes back", "gateway=version 1", "app=trial done");
        Assert.DoesNotContain("version 2", output, StringComparison.Ordinal);
        byte[] foreign = File.ReadAllBytes(folder.Pack(s_signed with { Version = 3, Gateway = "key: app.pem, rollback: 1" }, "gateway"));
        folder.Update(folder.Pack(s_signed with { Version = 2 }, "gateway"));
        folder.Damage("gateway-b", 0, ForgedBundle.Part(foreign, 0).ToArray());
        output = folder.Run("bulkhead=gateway: it is not signed by the guest's key", "bulkhead=gateway: goes back", "gateway=version 1", "app=trial done");
        Assert.DoesNotContain("version 3", output, StringComparison.Ordinal);
    }

    /// <summary>Random bytes over the record and over every slot that does not run.</summary>
    [Theory]
    [InlineData(Arm)]
    [InlineData("qemu-q35")]
    public void What_is_scribbled_over_costs_nothing_that_runs(string board)
    {
        const int size = 200_000;
        using UpdateFolder folder = new(new(board, 1));
        folder.Update(folder.Pack(new(board, 2), "gateway"));
        int seed = Environment.TickCount;
        Random random = new(seed);
        foreach (string partition in new[] { "state-0", "state-1", "hypervisor-b", "table-b", "gateway-b", "app-b" })
        {
            byte[] bytes = new byte[size];
            random.NextBytes(bytes);
            folder.Damage(partition, 0, bytes);
        }
        string output = folder.Run("gateway=version 1", "gateway=trial done", "app=trial done");
        Assert.True(output.Split("gateway: starts").Length == 2, $"seed {seed}: {output}");
        folder.Update(folder.Pack(new(board, 3), "gateway"));
        folder.Run("gateway=version 3", "bulkhead=gateway: its update is confirmed");
    }

    private static void MakeKeys(string folder)
    {
        foreach (string name in new[] { "root", "gateway", "app" })
            UpdateFolder.Say("keys", "new", Path.Combine(folder, name));
    }

    private static byte[] Flipped(byte[] bundle, int at)
    {
        byte[] result = [.. bundle];
        result[at] ^= 0x10;
        return result;
    }

    private static void Refused(BoardChannel channel, string why, byte[] bundle)
    {
        UpdateRefusedException refusal = Assert.Throws<UpdateRefusedException>(() => Send(channel, bundle));
        Assert.Equal("error " + why, refusal.Answer);
        Assert.Equal("error no-bundle", Ask(channel, "activate")[^1]);
    }

    // Its digest as it stands there, true or not.
    private static string Name(byte[] bundle) => Convert.ToHexStringLower(bundle.AsSpan(16, 32));

    private static void Send(BoardChannel channel, byte[] bundle, bool verify = true)
    {
        UpdateClient client = new(channel);
        client.Send(new BundleFile(bundle, Name(bundle), []), _ => { });
        if (verify)
            client.Verify(_ => { });
    }

    private static IReadOnlyList<string> Ask(BoardChannel channel, string command) => ((IUpdateChannel)channel).Ask(command);
}
