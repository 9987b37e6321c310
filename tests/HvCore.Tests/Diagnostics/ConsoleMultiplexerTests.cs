using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Threading;
using Bulkhead.Diagnostics;
using Bulkhead.Partitions;
using Xunit;

namespace Bulkhead.Tests.Core;

[Collection("console clock")]
public class ConsoleMultiplexerTests
{
    private static readonly string[] Names = ["gateway", "app", "pulse"];

    /// <summary>The multiplexer on the heap, so that threads can share it.</summary>
    private sealed class Console
    {
        public ConsoleMultiplexer<FakeUart, FakeClock> Mux;
        public readonly FakeLine Line = new();

        public Console(ulong hold = 100)
        {
            Mux.Uart.Line = Line;
            Mux.Initialize(hold);
            foreach (string name in Names)
                Mux.AddGuest(Name(name));
        }

        public void Finish()
        {
            Line.Room = uint.MaxValue;
            Mux.Flush(1000);
            for (int source = 0; source < ConsoleMultiplexer<FakeUart, FakeClock>.SourceCount; source++)
                Assert.Equal(0u, Mux.Transmit(source).Count);
            Assert.False(Line.TwoAtOnce);
        }

        public string Sent => Encoding.Latin1.GetString(Line.Sent.ToArray());
    }

    [Fact]
    public void A_prompt_without_newline_is_sent_at_once()
    {
        Console console = new();
        foreach (byte value in "~ # "u8)
            console.Mux.Write(0, value);
        Assert.Equal("\u001egateway| ~ # ", console.Sent);
    }

    [Fact]
    public void Lines_are_tagged_and_reserved_bytes_replaced()
    {
        Console console = new();
        console.Mux.Write(1, "a\u001eb\u001f\r\nc\r\n"u8);
        console.Mux.Write(2, "d\n"u8);
        Assert.Equal("\u001eapp| a?b?\r\n\u001eapp| c\r\n\u001epulse| d\n", console.Sent);
    }

    [Fact]
    public void An_open_line_is_let_finish()
    {
        Console console = new();
        console.Mux.Write(0, "begun"u8);
        console.Mux.Write(1, "other\n"u8);
        Assert.Equal("\u001egateway| begun", console.Sent);
        Assert.True(console.Mux.IsHolding);
        console.Mux.Write(0, " and ended\n"u8);
        Assert.True(console.Line.TransmitInterrupt);
        console.Mux.Service();
        Assert.Equal("\u001egateway| begun and ended\n\u001eapp| other\n", console.Sent);
        Assert.False(console.Line.TransmitInterrupt);
    }

    [Fact]
    public void An_open_line_is_cut_after_the_hold_time()
    {
        Console console = new(hold: 0);
        console.Mux.Write(0, "~ # "u8);
        console.Mux.Write(1, "other\n"u8);
        console.Mux.Write(0, "ls"u8);
        Assert.Equal("\u001egateway| ~ # \u001f\r\n\u001eapp| other\n\u001egateway| ls", console.Sent);
    }

    [Fact]
    public void The_hypervisors_lines_do_not_wait()
    {
        Console console = new();
        console.Mux.Write(0, "~ # "u8);
        LogLine line = default;
        line.Add("app: stopped"u8);
        console.Mux.WriteLine(ref line);
        Assert.Equal("\u001egateway| ~ # \u001f\r\n\u001ebulkhead| app: stopped\r\n", console.Sent);
        Assert.False(console.Mux.IsHolding);
    }

    [Fact]
    public void A_full_wire_holds_nobody_up_and_loses_nothing_taken()
    {
        Console console = new();
        console.Line.Room = 20;
        int taken = 0;
        for (int i = 0; i < 5000; i++)
        {
            int before = (int)console.Mux.Transmit(0).Count;
            console.Mux.Write(0, (byte)'x');
            taken += before < TransmitRing.Size ? 1 : 0;
        }
        Assert.True(console.Line.TransmitInterrupt);
        Assert.Equal(20, console.Line.Sent.Count);
        Assert.True(console.Mux.Transmit(0).WantSpace());
        uint owed = 0;
        while (console.Line.TransmitInterrupt)
        {
            console.Line.Room = 16;
            owed |= console.Mux.Service();
        }
        Assert.Equal(1u, owed);
        Assert.Equal(taken, WireDecoder.Decode(console.Line.Sent, out _)["gateway"].Count);
    }

    // One thread, any order of writes, service, wire room and time.
    [Fact]
    public void Every_interleaving_gives_every_source_its_bytes_in_order()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            Random random = new(seed);
            Console console = new(hold: (ulong)random.Next(0, 400));
            console.Line.Room = 0;
            List<byte>[] written = [[], [], [], []];
            for (int step = 0; step < 3000; step++)
            {
                FakeClock.Time += (ulong)random.Next(3);
                if (random.Next(4) == 0)
                    console.Line.Room = Math.Max(console.Line.Room, (uint)random.Next(40));
                int guest = random.Next(3);
                switch (random.Next(6))
                {
                    case < 3:
                        byte value = random.Next(20) == 0 ? (byte)'\n' : (byte)random.Next(256);
                        if (console.Mux.Transmit(guest).Count < TransmitRing.Size)
                            written[guest].Add(value);
                        console.Mux.Write(guest, value);
                        break;
                    case 3:
                        byte[] buffer = new byte[random.Next(60)];
                        random.NextBytes(buffer);
                        int taken = console.Mux.Write(guest, buffer);
                        written[guest].AddRange(buffer.AsSpan(0, taken));
                        break;
                    case 4:
                        LogLine line = default;
                        line.AddDecimal((ulong)step);
                        if (console.Mux.Transmit(8).Count < TransmitRing.Size - 200)
                        {
                            console.Mux.WriteLine(ref line);
                            written[3].AddRange(Encoding.ASCII.GetBytes(step + "\r\n"));
                        }
                        break;
                    default:
                        if (console.Line.TransmitInterrupt || random.Next(3) == 0)
                            console.Mux.Service();
                        break;
                }
            }
            console.Finish();
            Dictionary<string, List<byte>> read = WireDecoder.Decode(console.Line.Sent, out _);
            for (int source = 0; source < 4; source++)
            {
                string name = source == 3 ? "bulkhead" : Names[source];
                Assert.Equal(written[source].Select(Shown), read.GetValueOrDefault(name, []));
            }
        }
    }

    // Nothing but the interrupt while it is asked for: what was written gets out without more ado.
    [Fact]
    public void The_interrupt_alone_empties_the_rings_of_whole_lines()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            Random random = new(seed);
            Console console = new();
            console.Line.Room = 0;
            int bytes = 0;
            for (int step = 0; step < 300; step++)
            {
                console.Line.Room = Math.Max(console.Line.Room, (uint)random.Next(30));
                byte[] line = [.. Enumerable.Repeat((byte)'x', random.Next(50)), (byte)'\n'];
                int guest = random.Next(3);
                if (TransmitRing.Size - console.Mux.Transmit(guest).Count >= line.Length)
                    bytes += console.Mux.Write(guest, line);
            }
            for (int i = 0; console.Line.TransmitInterrupt; i++)
            {
                Assert.True(i < 100_000);
                console.Line.Room = Math.Max(console.Line.Room, 16);
                console.Mux.Service();
            }
            Dictionary<string, List<byte>> read = WireDecoder.Decode(console.Line.Sent, out int cuts);
            Assert.Equal(bytes, read.Values.Sum(source => source.Count));
            Assert.Equal(0, cuts);
        }
    }

    // All guests flood byte by byte from several CPUs each; one CPU takes the interrupt.
    [Fact]
    public void Floods_from_many_CPUs_never_mix()
    {
        Console console = new(hold: 1_000_000);
        const int lines = 3000;
        int running = 6;
        List<Thread> threads = [];
        for (int t = 0; t < 6; t++)
        {
            int guest = t % 3;
            int writer = t / 3;
            threads.Add(new(() =>
            {
                for (int i = 0; i < lines; i++)
                {
                    if (writer == 0)
                    {
                        foreach (byte value in Encoding.ASCII.GetBytes($"{Names[guest]} {i}\n"))
                        {
                            // As a polling guest does: wait while TXFF.
                            while (console.Mux.Transmit(guest).Count >= TransmitRing.Size - 64)
                                Thread.Yield();
                            console.Mux.Write(guest, value);
                        }
                    }
                    else
                    {
                        LogLine line = default;
                        line.Add("cpu "u8);
                        line.AddDecimal((ulong)guest);
                        line.Add(" line "u8);
                        line.AddDecimal((ulong)i);
                        while (console.Mux.Transmit(8).Count >= TransmitRing.Size - 400)
                            Thread.Yield();
                        console.Mux.WriteLine(ref line);
                    }
                }
                Interlocked.Decrement(ref running);
            }));
        }
        threads.ForEach(thread => thread.Start());
        while (Volatile.Read(ref running) > 0)
        {
            if (console.Line.TransmitInterrupt)
                console.Mux.Service();
            FakeClock.Time++;
        }
        threads.ForEach(thread => thread.Join());
        // What is left is what the interrupt owes: no writer comes any more.
        for (int i = 0; console.Line.TransmitInterrupt; i++)
        {
            Assert.True(i < 100_000);
            console.Mux.Service();
        }
        for (int source = 0; source < 9; source++)
            Assert.Equal(0u, console.Mux.Transmit(source).Count);
        console.Finish();

        Dictionary<string, List<byte>> read = WireDecoder.Decode(console.Line.Sent, out _);
        foreach (string name in Names)
        {
            string[] shown = Text(read[name]).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(Enumerable.Range(0, lines).Select(i => $"{name} {i}"), shown);
        }
        string[] own = Text(read["bulkhead"]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        for (int guest = 0; guest < 3; guest++)
            Assert.Equal(
                Enumerable.Range(0, lines).Select(i => $"cpu {guest} line {i}"),
                own.Where(line => line.StartsWith($"cpu {guest} ", StringComparison.Ordinal)));
        Assert.Equal(3 * lines, own.Length);
    }

    [Fact]
    public void Lost_lines_of_the_hypervisor_are_counted()
    {
        Console console = new();
        console.Line.Room = 0;
        for (int i = 0; i < 100; i++)
        {
            LogLine line = default;
            for (int j = 0; j < 20; j++)
                line.Add("0123456789"u8);
            console.Mux.WriteLine(ref line);
        }
        console.Line.Room = uint.MaxValue;
        console.Mux.Flush(100);
        LogLine last = default;
        last.Add("after"u8);
        console.Mux.WriteLine(ref last);
        console.Finish();
        string[] lines = Text(WireDecoder.Decode(console.Line.Sent, out _)["bulkhead"]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        int whole = lines.Count(line => line.StartsWith("0123456789", StringComparison.Ordinal));
        Assert.All(lines.Take(whole), line => Assert.Equal(LogLine.Capacity - 2, line.Length));
        Assert.Equal($"lines lost: {100 - whole}", lines[^2]);
        Assert.Equal("after", lines[^1]);
    }

    [Fact]
    public void Input_goes_to_the_selected_guest()
    {
        Console console = new();
        Assert.Equal(1u, Type(console, "ab"));
        Assert.Equal("ab", Taken(console, 0));
        Assert.Equal(0u, Type(console, "\u00142"));
        Assert.Equal(1, console.Mux.Selected);
        Assert.Equal(2u, Type(console, "c\u0014\u0014d"));
        Assert.Equal("c\u0014d", Taken(console, 1));
        // No such guest, no such command: nothing happens, nothing is sent.
        Assert.Equal(0u, Type(console, "\u00149\u00140\u0014x"));
        Assert.Equal(1, console.Mux.Selected);
        Type(console, "\u0014?");
        console.Finish();
        Assert.Equal(
            "console 2 app has the input\r\nconsole 1 gateway\r\nconsole 2 app has the input\r\nconsole 3 pulse\r\n",
            Text(WireDecoder.Decode(console.Line.Sent, out _)["bulkhead"]));
    }

    [Fact]
    public void An_overrun_loses_the_newest()
    {
        Console console = new();
        for (int i = 0; i < 300; i++)
        {
            console.Line.ToReceive.Enqueue((byte)(i | 0x80));
            console.Mux.Receive();
        }
        ref ReceiveRing ring = ref console.Mux.Receive(0);
        Assert.Equal(256u, ring.Count);
        for (int i = 0; i < 256; i++)
        {
            Assert.True(ring.TryTake(out byte value));
            Assert.Equal((byte)(i | 0x80), value);
        }
        Assert.False(ring.TryTake(out _));
        Assert.True(ring.TakeOverrun());
        Assert.False(ring.TakeOverrun());
    }

    [Theory]
    [InlineData(0ul, "0x0 0")]
    [InlineData(10ul, "0xa 10")]
    [InlineData(0x1230ul, "0x1230 4656")]
    [InlineData(ulong.MaxValue, "0xffffffffffffffff 18446744073709551615")]
    public void Numbers_are_written_in_full(ulong value, string text)
    {
        LogLine line = default;
        line.AddHex(value);
        line.Add(" "u8);
        line.AddDecimal(value);
        Assert.Equal(text, Encoding.ASCII.GetString(line.Bytes));
    }

    private static uint Type(Console console, string text)
    {
        foreach (char c in text)
            console.Line.ToReceive.Enqueue((byte)c);
        return console.Mux.Receive();
    }

    private static string Taken(Console console, int guest)
    {
        StringBuilder text = new();
        while (console.Mux.Receive(guest).TryTake(out byte value))
            text.Append((char)value);
        return text.ToString();
    }

    private static byte Shown(byte value) => value is 0x1e or 0x1f ? (byte)'?' : value;

    private static string Text(List<byte> bytes) => Encoding.Latin1.GetString(bytes.ToArray());

    internal static FixedName Name(string text)
    {
        FixedName name = default;
        for (int i = 0; i < text.Length; i++)
            name[i] = (byte)text[i];
        return name;
    }
}
