using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Bulkhead.Diagnostics;
using Bulkhead.Lifecycle;
using Bulkhead.Partitions;
using Xunit;

namespace Bulkhead.Tests.Core;

/// <summary>The management console as whoever has the board's UART sees it.</summary>
[Collection(CoreBoard.Tests)]
public class ManagementTests
{
    private readonly LifeBoard _life = new();

    public ManagementTests()
    {
        _life.Board.Table.Flags = ApplianceFlags.Management;
        _life.Serve(0);
    }

    [Fact]
    public void Guests_are_listed_stopped_and_started()
    {
        Assert.Equal(["manage: guest gateway running starts 1", "manage: guest app waiting starts 0", "manage: ok"], Type("\x14mlist\r"));
        Assert.Equal(["manage: ok"], Type("\x14mstop gateway\n"));
        _life.Settle();
        Assert.Equal(GuestState.Held, _life.State);
        Assert.Equal("manage: guest gateway held starts 1", Type("\x14mlist\r")[0]);
        Assert.Equal(["manage: ok"], Type("\x14mstart gateway\r"));
        _life.Settle();
        Assert.Equal((GuestState.Running, 2), (_life.State, _life.Starts));
        Assert.Equal(["manage: ok"], Type("\x14mrestart gateway\r"));
        _life.Settle();
        Assert.Equal((GuestState.Running, 3), (_life.State, _life.Starts));
    }

    [Theory]
    [InlineData("")]
    [InlineData("list ")]
    [InlineData("lists")]
    [InlineData("list app")]
    [InlineData("Stop gateway")]
    public void What_is_no_command_does_nothing(string line) => Assert.Equal(line == "list " ? "manage: ok" : "manage: error unknown-command", Type($"\x14m{line}\r")[^1]);

    [Theory]
    [InlineData("stop")]
    [InlineData("stop ")]
    [InlineData("stop gatewa")]
    [InlineData("stop gateway ")]
    [InlineData("stop  gateway")]
    public void A_name_is_meant_exactly(string line)
    {
        Assert.Equal(["manage: error unknown-guest"], Type($"\x14m{line}\r"));
        Assert.Equal(GuestState.Running, _life.State);
    }

    [Fact]
    public void A_line_that_is_too_long_is_no_command_and_leaves_nothing_behind()
    {
        Assert.Equal(["manage: error unknown-command"], Type("\x14mstop gateway" + new string(' ', 500) + "\r"));
        Assert.Equal(["manage: ok"], Type("\x14mstop gateway\r"));
    }

    [Fact]
    public void The_guests_input_goes_on_where_it_was()
    {
        Type("ab\x14mlist\rcd\x14mstop nobody\re");
        ref ReceiveRing ring = ref BoardConsole<FakeArch>.Console.Receive(0);
        List<byte> received = [];
        while (ring.TryTake(out byte value))
            received.Add(value);
        Assert.Equal("abcde", Encoding.ASCII.GetString([.. received]));
        Assert.Contains("received 0", _life.Board.Calls);
    }

    [Fact]
    public void Switched_off_it_says_so_and_does_nothing()
    {
        _life.Board.Table.Flags = ApplianceFlags.None;
        Assert.Equal(["manage: error off"], Type("\x14mstop gateway\r"));
        Assert.Equal(["manage: error off"], Type("\x14mlist\r"));
        Assert.Equal(GuestState.Running, _life.State);
    }

    [Fact]
    public void Every_state_has_a_word_of_its_own()
    {
        List<string> words = [];
        foreach (GuestState state in Enum.GetValues<GuestState>())
        {
            _life.Board.Partitions[1].State = (int)state;
            words.Add(Type("\x14mlist\r")[1].Split(' ')[3]);
        }
        Assert.Equal("manage: guest app stopped starts 0 ended off", Type("\x14mlist\r")[1]);
        Assert.Equal(Enum.GetNames<GuestState>().Select(name => name.ToLowerInvariant()), words);
    }

    // The lines that the typing brought.
    private string[] Type(string keys)
    {
        int before = _life.Board.Lines().Length;
        foreach (byte key in Encoding.ASCII.GetBytes(keys))
            _life.Board.Line.ToReceive.Enqueue(key);
        while (_life.Board.Line.ToReceive.Count != 0)
            BoardConsole<FakeArch>.OnInterrupt(ref _life.Board.Vcpus[0]);
        return _life.Board.Lines()[before..];
    }
}
