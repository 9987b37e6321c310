using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Text;
using Bulkhead.Partitions;
using Bulkhead.Tests.Core;
using Bulkhead.Update;
using Xunit;

namespace Bulkhead.Tests.Update;

/// <summary>What must be refused, with its reason: what runs, and what is remembered of it, stays as it was.</summary>
public class UpdateAttackTests
{
    private const int Gateway = ServiceBoard.Gateway, App = ServiceBoard.App;

    private readonly ServiceBoard _board = ServiceBoard.Delivered();

    [Fact]
    public void Every_flipped_bit_of_the_header_is_refused_before_anything_is_written()
    {
        byte[] bundle = TestBundle.Gateway(size: 1000);
        int programs = _board.Flash.Programs, erases = _board.Flash.Erases;
        foreach (int bit in HeaderBits())
        {
            bundle[bit / 8] ^= (byte)(1 << bit % 8);
            Assert.Equal($"ok 0", _board.Last($"begin {bundle.Length}"));
            string answer = _board.Send(bundle[..BundleHeader.StoredSize]);
            Assert.True(answer is "error bad-bundle" or "error bad-signature", $"bit {bit}: {answer}");
            bundle[bit / 8] ^= (byte)(1 << bit % 8);
        }
        Assert.Equal((programs, erases), (_board.Flash.Programs, _board.Flash.Erases));
        Assert.Equal("ok", _board.Update(bundle));
    }

    // All of what is signed; what must be zero, a bit of each byte; the signature, whose every bit is RsaVerifierTests' affair, here and there.
    private static IEnumerable<int> HeaderBits()
    {
        for (int bit = 0; bit < 8 * Unsafe.SizeOf<BundleHeader>(); bit++)
            yield return bit;
        for (int at = Unsafe.SizeOf<BundleHeader>(); at < BundleHeader.SignatureOffset; at++)
            yield return 8 * at + at % 8;
        for (int bit = 8 * BundleHeader.SignatureOffset; bit < 8 * BundleHeader.StoredSize; bit += 67)
            yield return bit;
    }

    /// <summary>Any bit at all, wherever: it is never activated.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_flipped_bit_anywhere_is_refused(int seed)
    {
        Random random = new(seed);
        for (int i = 0; i < 25; i++)
        {
            byte[] bundle = TestBundle.Set();
            string before = _board.Essence();
            // Where a part's first page is, which is looked at before it is written, as often as elsewhere.
            int at = random.Next(2) == 0 ? random.Next(bundle.Length) : BundleHeader.StoredSize + random.Next(4096);
            bundle[at] ^= (byte)(1 << random.Next(8));
            string answer = _board.Update(bundle);
            Assert.True(answer.StartsWith("error "), $"byte {at}: {answer}");
            Assert.Equal(before, _board.Essence());
            Assert.Equal("error no-bundle", _board.Last("activate"));
        }
        Assert.Empty(_board.Happened);
        Assert.True(_board.IsKept());
        Assert.Equal("ok", _board.Update(TestBundle.Set()));
    }

    [Fact]
    public void A_truncated_bundle_is_never_whole()
    {
        byte[] bundle = TestBundle.Gateway();
        string before = _board.Essence();
        foreach (int length in new[] { 4096 + 4096, 20_000, bundle.Length - 1 })
        {
            _board.Last($"begin {length}");
            Assert.Equal("error bad-bundle", _board.Send(bundle[..length]));
            _board.Last($"begin {bundle.Length}");
            Assert.Equal("ok", _board.Send(bundle[..length]));
            Assert.Equal("error incomplete", _board.Last("verify"));
            Assert.Equal("error incomplete", _board.Last("activate"));
        }
        _board.Last($"begin {bundle.Length + 1}");
        Assert.Equal("error bad-bundle", _board.Send([.. bundle, 0]));
        Assert.Equal(before, _board.Essence());
    }

    [Fact]
    public void A_bundle_is_the_one_that_was_announced_and_has_nothing_between_its_parts()
    {
        byte[] bundle = TestBundle.Set();
        _board.Last($"begin {bundle.Length} {new string('0', 63)}1");
        Assert.Equal("error bad-bundle", _board.Send(bundle));
        // Behind the first part, before the page that the second begins on.
        int end = BundleHeader.StoredSize + TestBundle.Part(bundle, 0).Length;
        Assert.NotEqual(0, end % BundleHeader.PartAlignment);
        bundle[end] = 1;
        Assert.Equal("error bad-bundle", _board.Update(bundle));
    }

    [Fact]
    public void Who_may_not_sign_is_refused()
    {
        string before = _board.Essence();
        Assert.Equal("error bad-signature", _board.Update(TestBundle.Gateway(key: TestKeys.Stranger)));
        // The gateway's supplier signs for the gateway alone: neither for a set with it, nor for another guest, nor for the board.
        Assert.Equal("error bad-signature", _board.Update(TestBundle.Set(TestKeys.Gateway)));
        Assert.Equal("error bad-signature", _board.Update(TestBundle.Make([TestBundle.Guest("app", "2", 1, 5000, null, TestKeys.Gateway)], null, TestKeys.Gateway)));
        Assert.Equal("error bad-signature", _board.Update(TestBundle.Make([TestBundle.Hypervisor(1, TestKeys.Gateway)], null, TestKeys.Gateway)));
        // A bundle of the root key's with a package of somebody else's.
        Assert.Equal("error bad-package app", _board.Update(TestBundle.Make([TestBundle.Guest("app", "2", 1, 5000, null, TestKeys.Stranger)], null, TestKeys.Root)));
        Assert.Equal("error bad-package hypervisor", _board.Update(TestBundle.Make([TestBundle.Hypervisor(1, TestKeys.Stranger)], null, TestKeys.Root)));
        Assert.Equal(before, _board.Essence());
        // The root key may sign for all, each guest's own key is still asked for its package.
        Assert.Equal("ok", _board.Update(TestBundle.Gateway(key: TestKeys.Root)));
    }

    /// <summary>The key in the table's slot counts only as one that the first stage knows.</summary>
    [Fact]
    public void A_root_key_that_was_written_over_is_no_root_key()
    {
        _board.Flash.Program(_board.Slot(UpdateUnit.Table, 0).Offset + ApplianceTable.SignatureOffset, new byte[512]);
        Assert.Equal("error flash", _board.Update(TestBundle.Set()));
    }

    [Fact]
    public void A_replayed_or_older_version_is_refused_once_a_higher_index_is_confirmed()
    {
        byte[] old = TestBundle.Gateway("2", 3), set = TestBundle.Set();
        Assert.Equal("ok", _board.Update(old));
        Assert.Equal("ok", _board.Last("confirm"));
        // The same index again is no downgrade; the one after it is what the next must reach.
        Assert.Equal("ok", _board.Update(TestBundle.Gateway("3", 9)));
        Assert.Equal("error trial-running gateway", _board.Update(old));
        Assert.Equal("ok", _board.Last("confirm"));
        string before = _board.Essence();
        int programs = _board.Flash.Programs;
        Assert.Equal("error downgrade gateway", _board.Update(old));
        Assert.Equal("error downgrade gateway", _board.Update(set));
        Assert.Equal(programs, _board.Flash.Programs);
        Assert.Equal(before, _board.Essence());
        Assert.Contains(" b ready 2 3 ", _board.Ask("slots gateway")[2]);
    }

    /// <summary>The second of a set is refused when the first is in its slot already: none of them is to be launched.</summary>
    [Fact]
    public void A_set_with_one_refused_part_is_refused_whole()
    {
        Assert.Equal("ok", _board.Update(TestBundle.Make([TestBundle.Guest("app", "2", 7, 5000, null, TestKeys.Root)], null, TestKeys.Root)));
        _board.Last("confirm");
        string before = _board.Essence();
        Assert.Equal("error downgrade app", _board.Update(TestBundle.Set(appRollback: 6)));
        Assert.Equal(before, _board.Essence());
        Assert.Contains(" b bad ", _board.Ask("slots gateway")[2]);
        Assert.Equal("error no-bundle", _board.Last("activate"));
    }

    [Fact]
    public void Bundles_of_others_are_refused()
    {
        Assert.Equal("error other-board", _board.Update(TestBundle.Gateway(header: (ref BundleHeader header) => header.BoardName = Samples.Name("pc-x86-64"))));
        Assert.Equal("error other-appliance", _board.Update(TestBundle.Gateway(header: (ref BundleHeader header) => header.ApplianceName = Samples.Name("samples"))));
        Assert.Equal("error unknown-guest", _board.Update(TestBundle.Gateway(header: (ref BundleHeader header) => header.Part[0].GuestName = Samples.Name("gatewa"))));
        // One guest's package in the other's place.
        Assert.Equal("error bad-package app", _board.Update(TestBundle.Make([(BundlePartKind.Guest, "app", TestBundle.Guest("gateway", "2", 1, 5000, null, TestKeys.Root).Item3)], null, TestKeys.Root)));
        Assert.Equal("error bad-package gateway", _board.Update(TestBundle.Gateway(package: (ref PackageHeader header) => header.BoardName = Samples.Name("pc-x86-64"))));
        Assert.Equal("error other-channels gateway", _board.Update(TestBundle.Gateway(package: (ref PackageHeader header) => header.ChannelAbiFirst = header.ChannelAbiLast = 9)));
        Assert.Equal("error bad-package gateway", _board.Update(TestBundle.Gateway(package: (ref PackageHeader header) => header.Segment[0].Load = new(0x9000_0000))));
        // A table of another board, by a careless root.
        ApplianceTable table = _board.Table;
        table.Board.Name = Samples.Name("pc-x86-64");
        Assert.Equal("error bad-package table", _board.Update(TestBundle.Make([TestBundle.Table(table, TestKeys.Root)], null, TestKeys.Root)));
    }

    /// <summary>What is remembered of a guest, and what its slots hold, would become another's.</summary>
    [Fact]
    public void A_table_whose_guests_are_not_where_they_were_is_refused()
    {
        string essence = _board.Essence();
        ApplianceTable swapped = _board.Table, renamed = swapped, moved = swapped, movedFirst = swapped, shorter = swapped, fewer = swapped, more = swapped;
        (swapped.Guest[0], swapped.Guest[1]) = (swapped.Guest[1], swapped.Guest[0]);
        renamed.Guest[1].Name = Samples.Name("stranger");
        moved.Guest[1].SlotB.Offset += IFlash.EraseBlock;
        movedFirst.Guest[0].SlotA.Offset += IFlash.EraseBlock;
        shorter.Guest[1].SlotB.Size -= IFlash.EraseBlock;
        fewer.GuestCount--;
        foreach (ApplianceTable table in new[] { swapped, renamed, moved, movedFirst, shorter, fewer })
        {
            Assert.Equal("error other-guests table", _board.Update(TestBundle.Make([TestBundle.Table(table, TestKeys.Root)], null, TestKeys.Root)));
            Assert.Equal("error no-bundle", _board.Last("activate"));
            Assert.Equal(essence, _board.Essence());
        }
        more.Guest[(int)more.GuestCount++].Name = Samples.Name("more");
        Assert.Equal("ok", _board.Update(TestBundle.Make([TestBundle.Table(more, TestKeys.Root)], null, TestKeys.Root)));
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        Assert.Equal("error too-large gateway", _board.Update(TestBundle.Make([TestBundle.Guest("gateway", "2", 1, 2 << 20, null, TestKeys.Gateway)], null, TestKeys.Gateway)));
        // A guest of one slot, and a part that is shorter than a package's header.
        Assert.Equal("error no-slot app", ServiceBoard.Delivered(secondSlotOfApp: false).Update(TestBundle.Set()));
        (BundlePartKind Kind, string Guest, byte[] Content) shortPart = (BundlePartKind.Guest, "gateway", new byte[100]);
        Assert.Equal("error bad-package gateway", _board.Update(TestBundle.Make([shortPart, TestBundle.Guest("app", "2", 1, 5000, null, TestKeys.Root)], null, TestKeys.Root)));
    }

    /// <summary>What was verified is not what is activated, if another bundle came between.</summary>
    [Fact]
    public void A_bundle_swapped_between_verification_and_activation_is_not_activated()
    {
        byte[] good = TestBundle.Gateway(), other = TestBundle.Gateway("3", key: TestKeys.Stranger);
        Assert.Equal("ok", _board.Update(good, false));
        _board.Last($"begin {other.Length} {TestBundle.Name(other)}");
        Assert.Equal("error incomplete", _board.Last("activate"));
        Assert.Equal("error bad-signature", _board.Send(other));
        Assert.Equal("error no-bundle", _board.Last("activate"));
        Assert.Empty(_board.Happened);
        // And the slot itself, once it is begun again, is bad until it was read back again.
        _board.Last($"begin {good.Length}");
        _board.Send(good[..20_000]);
        Assert.Contains(" b bad ", _board.Ask("slots gateway")[2]);
        Assert.Equal("error incomplete", _board.Last("activate"));
    }

    /// <summary>Behind the session's back: what is read back is what the flash holds.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(5000)]
    [InlineData(300_000)]
    public void A_slot_scribbled_over_before_it_is_read_back_is_refused(int at)
    {
        byte[] bundle = TestBundle.Gateway();
        string before = _board.Essence();
        _board.Last($"begin {bundle.Length}");
        Assert.Equal("ok", _board.Send(bundle));
        _board.Flash.Program(_board.Slot(Gateway, 1).Offset + (ulong)(at / 512 * 512), new byte[512]);
        Assert.Equal("error wrong-digest gateway", _board.Verify());
        Assert.Equal("error no-bundle", _board.Last("activate"));
        Assert.Contains(" b bad ", _board.Ask("slots gateway")[2]);
        Assert.Equal(before, _board.Essence());
    }

    /// <summary>Lines of anything, some nearly right, around an update that goes its way: the service goes on, and what runs stays.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Garbage_does_nothing(int seed)
    {
        Random random = new(seed);
        byte[] bundle = TestBundle.Gateway(size: 20_000);
        string before = _board.Essence();
        string[] words = ["slots", "begin", "data", "verify", "abort", "status", "log", "confirm", "rollback", "gateway", "0", "4096", "8192", "24576", "AAAA", "QUJD=", "-1", "18446744073709551616"];
        for (int i = 0; i < 4000; i++)
        {
            byte[] line;
            if (random.Next(3) == 0)
            {
                line = new byte[random.Next(301)];
                random.NextBytes(line);
            }
            else
            {
                StringBuilder text = new(words[random.Next(words.Length)]);
                for (int more = random.Next(4); more > 0; more--)
                    text.Append(random.Next(12) == 0 ? "  " : " ").Append(words[random.Next(words.Length)]);
                line = Encoding.ASCII.GetBytes(text.ToString());
                if (random.Next(2) == 0)
                    line[random.Next(line.Length)] = (byte)random.Next(256);
            }
            foreach (string answer in _board.Ask(line))
                Assert.True(answer.Length <= 150 && !answer.AsSpan().ContainsAnyExceptInRange(' ', '~'), answer);
            // Now and then some of a bundle comes between.
            if (random.Next(50) == 0)
            {
                _board.Last($"begin {bundle.Length}");
                _board.Send(bundle[..random.Next(bundle.Length)], i);
            }
        }
        Assert.Equal(before, _board.Essence());
        Assert.Empty(_board.Happened);
        _board.Last("abort");
        Assert.Equal("ok", _board.Update(bundle));
    }
}
