using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Bulkhead.Diagnostics;
using Bulkhead.ImageBuilder.Qemu;
using Bulkhead.Partitions;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Bulkhead.Tests.Core;

/// <summary>The console line with its two real ends: the hypervisor's multiplexer and the tool that takes it apart.</summary>
[Collection("console clock")]
public sealed class ConsoleLineTests
{
    private static readonly string[] Names = ["gateway", "a", "fifteen-letters"];

    private static readonly Config Much = Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(400);

    private sealed class Board
    {
        public ConsoleMultiplexer<FakeUart, FakeClock> Mux;
        public readonly FakeLine Line = new();

        public Board(ulong hold)
        {
            Mux.Uart.Line = Line;
            Mux.Initialize(hold);
            foreach (string name in Names)
                Mux.AddGuest(Name(name));
        }

        private static FixedName Name(string text)
        {
            FixedName name = default;
            for (int i = 0; i < text.Length; i++)
                name[i] = (byte)text[i];
            return name;
        }
    }

    [Fact]
    public void Whatever_guests_write_reaches_the_tool_as_theirs() => Check.One(Much, Prop.ForAll<int[], PositiveInt>((steps, pieces) =>
    {
        Board board = new((ulong)(pieces.Get % 7));
        List<byte>[] written = [[], [], []];
        foreach (int step in steps)
        {
            uint choice = (uint)step * 2654435761;
            int guest = (int)(choice % 3);
            // CR LF in any place and alone, the multiplexer's own bytes, a tag that a guest forges: all of these.
            byte[] text = Encoding.Latin1.GetBytes((choice >> 8 & 7) switch
            {
                0 => "\r\n",
                1 => "\n",
                2 => "\r",
                3 => "\u001ea| ",
                4 => "\u001f\r\n",
                5 => "# ",
                _ => $"{(char)(byte)(choice >> 16)}",
            });
            FakeClock.Time += choice >> 24 & 3;
            written[guest].AddRange(text.AsSpan(0, board.Mux.Write(guest, text)));
            if ((choice >> 28) == 0)
                board.Mux.Service();
        }
        board.Mux.Flush(1000);
        Dictionary<string, List<byte>> read = Read(board.Line.Sent, pieces.Get);
        return Names.All(name => written[Array.IndexOf(Names, name)].Select(Shown).SequenceEqual(read.GetValueOrDefault(name, [])))
            && read.Keys.All(name => Names.Contains(name));
    }));

    [Fact]
    public void The_pieces_that_the_line_comes_in_change_nothing() => Check.One(Much, Prop.ForAll<int[], PositiveInt>((steps, pieces) =>
    {
        // Anything at all, the line's own bytes more often than others.
        byte[] wire = [.. steps.Select(step => (uint)step * 2654435761).Select(step => (step >> 29) < 5 ? "\u001e\u001f\r\n| abc"u8[(int)(step % 9)] : (byte)step)];
        Dictionary<string, List<byte>> whole = Read(wire, int.MaxValue), parts = Read(wire, pieces.Get);
        return whole.Count == parts.Count && whole.All(source => source.Value.SequenceEqual(parts[source.Key]));
    }));

    [Fact]
    public void Keys_and_scripts_reach_their_guest_whole_and_in_order() => Check.One(Much, Prop.ForAll<int[]>(steps =>
    {
        Board board = new(0);
        using MemoryStream line = new();
        BoardInput input = new(line, Names, _ => { }, () => { });
        List<byte>[] typed = [[], [], []];
        List<byte>[] received = [[], [], []];
        foreach (int step in steps)
        {
            uint choice = (uint)step * 2654435761;
            int guest = (int)(choice % 3);
            byte[] text = [.. Enumerable.Range(0, (int)(choice >> 8 & 3)).Select(i => (byte)(choice >> 16 << i))];
            switch (choice >> 30)
            {
                case 0:
                    input.Type([0x14, (byte)('1' + guest)]);
                    break;
                case 1:
                    // Control-T is the user's own key; doubled, the guest has one.
                    input.Type([.. text.SelectMany(value => value == 0x14 ? [value, value] : new[] { value })]);
                    typed[input.KeyboardGuest].AddRange(text);
                    break;
                default:
                    input.Send(Names[guest], text).Wait();
                    typed[guest].AddRange(text);
                    break;
            }
            // Text of one portion is written before Send comes back; the board takes it as it comes.
            foreach (byte value in line.ToArray())
                board.Line.ToReceive.Enqueue(value);
            line.SetLength(0);
            while (board.Line.ToReceive.Count != 0)
                board.Mux.Receive();
            for (int i = 0; i < Names.Length; i++)
            {
                while (board.Mux.Receive(i).TryTake(out byte value))
                    received[i].Add(value);
            }
        }
        return typed.Zip(received).All(pair => pair.First.SequenceEqual(pair.Second));
    }));

    [Fact]
    public void The_menu_lists_the_guests_and_q_ends()
    {
        List<string> said = [];
        using MemoryStream line = new();
        BoardInput input = new(line, Names, said.Add, () => said.Add("states"));
        Assert.True(input.Type("\u0014\r"u8));
        Assert.Equal(["Ctrl-T:   1 gateway (has the keyboard)   2 a   3 fifteen-letters   s states   q end"], said);
        Assert.True(input.Type("\u00142\u0014"u8));
        Assert.Equal(1, input.KeyboardGuest);
        // Ctrl-T was the last key of the read before.
        Assert.True(input.Type("?"u8));
        Assert.Equal("Ctrl-T:   1 gateway   2 a (has the keyboard)   3 fifteen-letters   s states   q end", said[^1]);
        Assert.True(input.Type("\u00149"u8));
        Assert.Equal(1, input.KeyboardGuest);
        Assert.True(input.Type("\u0014s"u8));
        Assert.Equal("states", said[^1]);
        Assert.False(input.Type("\u0014q"u8));
        Assert.Equal("\u00142"u8.ToArray(), line.ToArray());
    }

    private static Dictionary<string, List<byte>> Read(IReadOnlyList<byte> wire, int piece)
    {
        Dictionary<string, List<byte>> read = [];
        ConsoleDemultiplexer demultiplexer = new((source, bytes) =>
        {
            read.TryAdd(source, []);
            read[source].AddRange(bytes);
        });
        foreach (byte[] part in wire.Chunk(Math.Max(1, Math.Min(piece, 4096))))
            demultiplexer.Feed(part);
        return read;
    }

    // RS and US are the multiplexer's.
    private static byte Shown(byte value) => value is 0x1e or 0x1f ? (byte)'?' : value;
}
