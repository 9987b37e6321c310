using System;
using System.Linq;
using Bulkhead.Partitions;
using Bulkhead.Tests.Core;
using Bulkhead.Update;
using Xunit;

namespace Bulkhead.Tests.Update;

/// <summary>What the update service does for whoever follows docs/abi.md.</summary>
public class UpdateServiceTests
{
    private const int Gateway = ServiceBoard.Gateway, App = ServiceBoard.App;

    [Fact]
    public void A_bundle_becomes_a_trial_and_then_the_active_slot()
    {
        ServiceBoard board = ServiceBoard.Delivered();
        byte[] bundle = TestBundle.Gateway("2", 4);
        Assert.Equal("ok", board.Update(bundle));
        Assert.Equal(["activated 4"], board.Happened);
        Assert.Equal(TestBundle.Part(bundle, 0), board.Read(board.Slot(Gateway, 1), TestBundle.Part(bundle, 0).Length));
        Assert.Equal("unit gateway active a trial b tries 3 rollback 0", board.Ask("slots")[2]);
        Assert.Equal(["bundle none 0 0 " + new string('0', 64), "trial gateway", "ok"], board.Ask("status"));
        Assert.True(board.IsKept());
        Assert.Equal("ok", board.Last("confirm gateway"));
        Assert.Equal(["activated 4", "confirmed 4"], board.Happened);
        Assert.Equal(
            ["unit gateway active b trial - tries 0 rollback 4", "slot gateway a ready 1 1 ", "slot gateway b active 2 4 "],
            board.Ask("slots gateway")[..3].Select(line => line.StartsWith("slot") ? line[..^64] : line));
        Assert.True(board.IsKept());
    }

    [Fact]
    public void A_slot_is_known_by_its_headers_digest()
    {
        ServiceBoard board = ServiceBoard.Delivered();
        byte[] bundle = TestBundle.Gateway();
        board.Update(bundle);
        Assert.EndsWith(" b trial 2 1 " + TestBundle.Name(TestBundle.Part(bundle, 0)), board.Ask("slots gateway")[2]);
        Assert.Equal("slot table b empty - - -", board.Ask("slots table")[2]);
        Assert.StartsWith("slot hypervisor a active 5 0 ", board.Ask("slots hypervisor")[1]);
    }

    [Fact]
    public void A_set_is_confirmed_or_rolled_back_together()
    {
        ServiceBoard board = ServiceBoard.Delivered();
        Assert.Equal("ok", board.Update(TestBundle.Set()));
        Assert.Equal("ok", board.Last("confirm app"));
        Assert.Equal(["trial gateway", "trial app"], board.Ask("status")[1..3]);
        Assert.Equal("ok", board.Last("rollback"));
        Assert.Equal(["activated c", "rolled back c"], board.Happened);
        Assert.Equal(["unit gateway active a trial - tries 0 rollback 0 back asked -", "unit app active a trial - tries 0 rollback 0 back asked -"], board.Ask("slots")[2..4]);
        Assert.Contains(" b bad ", board.Ask("slots app")[2]);
        Assert.Equal("error no-trial", board.Last("rollback"));
        Assert.Equal("error no-trial", board.Last("confirm"));

        Assert.Equal("ok", board.Update(TestBundle.Set()));
        // Why the last one went back is forgotten when the slot is written.
        Assert.Equal("unit app active a trial b tries 3 rollback 0", board.Ask("slots")[3]);
        Assert.Equal("ok", board.Last("confirm"));
        Assert.Equal("confirmed c", board.Happened[^1]);
        Assert.True(board.IsKept());
    }

    [Fact]
    public void Why_a_slot_was_given_up_is_forgotten_before_it_is_written_again()
    {
        ServiceBoard board = ServiceBoard.Delivered();
        byte[] bundle = TestBundle.Gateway();
        Assert.Equal("ok", board.Update(bundle));
        Assert.Equal("ok", board.Last("rollback"));
        Assert.Equal(BackReason.Asked, board.State.Unit[ServiceBoard.Gateway].Back);
        Assert.Equal("ok 0", board.Last($"begin {bundle.Length}"));
        Assert.StartsWith("ok", board.Send(bundle[..10_000]), System.StringComparison.Ordinal);
        Assert.Equal(BackReason.None, board.State.Unit[ServiceBoard.Gateway].Back);
        Assert.True(board.IsKept());
    }

    [Fact]
    public void Hypervisor_and_table_are_units_too()
    {
        ServiceBoard board = ServiceBoard.Delivered();
        ApplianceTable table = board.Table;
        table.Rollback = 2;
        (BundlePartKind, string, byte[]) app = TestBundle.Guest("app", "2", 1, 5000, null, TestKeys.Root);
        byte[] bundle = TestBundle.Make([TestBundle.Hypervisor(7, TestKeys.Root), TestBundle.Table(table, TestKeys.Root), app], null, TestKeys.Root);
        Assert.Equal("ok", board.Update(bundle));
        Assert.Equal("error no-trial", board.Last("confirm hypervisor"));
        Assert.Equal("ok", board.Last("confirm"));
        Assert.Equal((7ul, 2ul), (board.State.Unit[UpdateUnit.Hypervisor].Rollback, board.State.Unit[UpdateUnit.Table].Rollback));
    }

    /// <summary>However the bytes are cut, the flash ends the same.</summary>
    [Fact]
    public void Any_chunking_gives_the_same_flash()
    {
        byte[] bundle = TestBundle.Gateway(size: 600_000);
        byte[] part = TestBundle.Part(bundle, 0);
        for (int seed = 0; seed < 8; seed++)
        {
            ServiceBoard board = ServiceBoard.Delivered();
            board.Last($"begin {bundle.Length}");
            Assert.Equal("ok", board.Send(bundle, seed));
            byte[] slot = board.Read(board.Slot(Gateway, 1));
            Assert.True(part.AsSpan().SequenceEqual(slot.AsSpan(0, part.Length)));
            Assert.Equal(-1, slot.AsSpan(part.Length).IndexOfAnyExcept((byte)0xff));
        }
    }

    [Fact]
    public void The_same_bundle_goes_on_where_it_stands()
    {
        ServiceBoard board = ServiceBoard.Delivered();
        byte[] bundle = TestBundle.Gateway();
        string begin = $"begin {bundle.Length} {TestBundle.Name(bundle)}";
        Assert.Equal("ok 0", board.Last(begin));
        board.Send(bundle[..100_000]);
        Assert.Equal("ok 100000", board.Last(begin));
        Assert.StartsWith($"bundle receiving 100000 {bundle.Length} {TestBundle.Name(bundle)}", board.Ask("status")[0]);
        Assert.Equal("ok", board.Send(bundle, 1, 100_000));
        Assert.Equal($"ok {bundle.Length}", board.Last(begin));
        Assert.Equal("ok", board.Verify());
        Assert.Equal($"ok {bundle.Length}", board.Last(begin));
        Assert.Equal("ok", board.Last("activate"));
        Assert.Equal("ok 0", board.Last(begin));
    }

    /// <summary>Once the header is here, a bundle has its name, whether or not it was told.</summary>
    [Fact]
    public void A_bundle_that_was_begun_without_its_name_can_be_gone_on_with_by_it()
    {
        ServiceBoard board = ServiceBoard.Delivered();
        byte[] bundle = TestBundle.Gateway();
        board.Last($"begin {bundle.Length}");
        board.Send(bundle[..4000]);
        Assert.Equal("ok 0", board.Last($"begin {bundle.Length} {TestBundle.Name(bundle)}"));
        board.Last($"begin {bundle.Length}");
        board.Send(bundle[..5000]);
        Assert.Equal("ok 5000", board.Last($"begin {bundle.Length} {TestBundle.Name(bundle)}"));
        Assert.Equal("ok 0", board.Last($"begin {bundle.Length}"));
    }

    [Fact]
    public void What_happened_is_in_the_log()
    {
        ServiceBoard board = ServiceBoard.Delivered();
        board.Update(TestBundle.Gateway());
        board.Last("confirm");
        board.Update(TestBundle.Gateway(rollback: 0));
        Assert.Equal(
            ["log 12345 a bundle is being received", "log 12345 the bundle is written", "log 12345 the bundle is verified", "log 12345 on trial: gateway",
             "log 12345 gateway works, somebody says", "log 12345 a bundle is being received", "log 12345 error downgrade gateway", "ok"],
            board.Ask("log"));
        for (int i = 0; i < 30; i++)
            board.Last("begin 20000");
        Assert.Equal(UpdateLog.Entries + 1, board.Ask("log").Length);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("ok 12", "")]
    [InlineData("error busy", "")]
    [InlineData("unit gateway active a trial - tries 0 rollback 0", "")]
    [InlineData("log 12 something", "")]
    [InlineData("manage: ok", "")]
    [InlineData("list", "error unknown-command")]
    [InlineData(" slots", "error unknown-command")]
    [InlineData("slots ", "error unknown-guest")]
    [InlineData("slots gateway ", "error unknown-command")]
    [InlineData("slots nobody", "error unknown-guest")]
    [InlineData("begin", "error unknown-command")]
    [InlineData("begin 10", "error bad-bundle")]
    [InlineData("begin 99999999999", "error bad-bundle")]
    [InlineData("begin 9999999999999999999999", "error unknown-command")]
    [InlineData("begin -1", "error unknown-command")]
    [InlineData("begin 20000 12", "error unknown-command")]
    [InlineData("data 0 AAAA", "error no-bundle")]
    [InlineData("data x AAAA", "error unknown-command")]
    [InlineData("data 0", "error bad-data")]
    [InlineData("verify", "error no-bundle")]
    [InlineData("activate", "error no-bundle")]
    [InlineData("abort", "error no-bundle")]
    [InlineData("activate now", "error unknown-command")]
    [InlineData("confirm", "error no-trial")]
    [InlineData("confirm nobody", "error unknown-guest")]
    [InlineData("rollback", "error no-trial")]
    public void A_line_is_answered_as_the_protocol_says(string line, string answer)
    {
        ServiceBoard board = ServiceBoard.Delivered();
        string before = board.Essence();
        Assert.Equal(answer, board.Last(line));
        Assert.Equal(before, board.Essence());
    }

    [Fact]
    public void Data_out_of_order_changes_nothing_and_says_what_comes_next()
    {
        ServiceBoard board = ServiceBoard.Delivered();
        byte[] bundle = TestBundle.Gateway();
        board.Last($"begin {bundle.Length}");
        board.Send(bundle[..6000]);
        foreach (int offset in new[] { 0, 5999, 6001, bundle.Length })
            Assert.Equal("error out-of-order 6000", board.Last($"data {offset} AAAA"));
        Assert.Equal("error incomplete", board.Last("verify"));
        Assert.Equal("error incomplete", board.Last("activate"));
        Assert.Equal("error bad-data", board.Last("data 6000 AAA"));
        Assert.Equal("ok", board.Send(bundle, 1, 6000));
        Assert.Equal("error not-verified", board.Last("activate"));
        Assert.Equal($"error out-of-order {bundle.Length}", board.Last("data 6000 AAAA"));
        Assert.Equal("error bad-data", board.Last($"data {bundle.Length} AAAA"));
        Assert.Equal("ok", board.Verify());
        Assert.Equal("ok", board.Last("activate"));
    }

    [Fact]
    public void A_step_of_verification_is_bounded()
    {
        ServiceBoard board = ServiceBoard.Delivered();
        byte[] bundle = TestBundle.Gateway(size: 600_000);
        board.Last($"begin {bundle.Length}");
        board.Send(bundle);
        ulong before = BundleHeader.StoredSize;
        for (int steps = 1; ; steps++)
        {
            string[] answer = board.Last("verify").Split(' ');
            ulong done = ulong.Parse(answer[1]);
            Assert.InRange(done - before, 1ul, (ulong)UpdateSession.VerifyStep);
            before = done;
            if (answer[1] != answer[2])
                continue;
            Assert.Equal(3, steps);
            return;
        }
    }

    [Fact]
    public void Without_keys_nothing_need_be_signed()
    {
        ServiceBoard board = ServiceBoard.Delivered(false);
        Assert.Equal("ok", board.Update(TestBundle.Set(TestKeys.Stranger)));
    }

    [Fact]
    public void Flash_that_refuses_is_told_and_the_board_goes_on_as_it_was()
    {
        ServiceBoard board = ServiceBoard.Delivered();
        byte[] bundle = TestBundle.Gateway();
        string before = board.Essence();
        board.Last($"begin {bundle.Length}");
        board.FlashRefuses = true;
        Assert.Equal("error flash", board.Send(bundle));
        Assert.Equal("bundle none 0 0 " + new string('0', 64), board.Ask("status")[0]);
        board.FlashRefuses = false;
        Assert.Equal("ok", board.Update(bundle, false));
        board.FlashRefuses = true;
        Assert.Equal("error flash", board.Last("activate"));
        Assert.Equal(before, board.Essence());
        board.FlashRefuses = false;
        Assert.Equal("ok", board.Last("activate"));
        board.FlashRefuses = true;
        Assert.Equal("error flash", board.Last("confirm"));
        Assert.Equal("trial gateway", board.Ask("status")[1]);
    }

    [Fact]
    public void Base64_is_one_text_for_given_bytes()
    {
        Random random = new(1);
        byte[] room = new byte[192];
        for (int i = 0; i < 2000; i++)
        {
            byte[] bytes = new byte[random.Next(1, 193)];
            random.NextBytes(bytes);
            byte[] text = System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes));
            Assert.Equal(bytes.Length, Base64.Decode(text, room));
            Assert.Equal(bytes, room[..bytes.Length]);
            text[random.Next(text.Length)] = (byte)random.Next(256);
            int count = Base64.Decode(text, room);
            if (count >= 0)
                Assert.Equal(System.Text.Encoding.ASCII.GetString(text), Convert.ToBase64String(room, 0, count));
        }
        Assert.Equal(-1, Base64.Decode("QUI="u8, new byte[1]));
    }
}
