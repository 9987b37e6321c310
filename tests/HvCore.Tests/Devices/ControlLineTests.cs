using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Bulkhead.Devices;
using Bulkhead.Diagnostics;
using Bulkhead.Update;
using Xunit;

namespace Bulkhead.Tests.Core;

/// <summary>The control guest's line behind both UARTs, as their drivers use them.</summary>
public class ControlLineTests
{
    /// <summary>Says how long each line was, and its digest, as often as the line asks; counts those who are in it at once.</summary>
    private readonly struct Service : ILineService
    {
        [ThreadStatic]
        public static List<string>? Heard;

        public static int Inside;
        public static int TwoAtOnce;

        public static void Obey(ReadOnlySpan<byte> line, ForeignBytes data, ref ControlAnswer answer)
        {
            if (Interlocked.Increment(ref Inside) != 1)
                TwoAtOnce = 1;
            Heard?.Add(Encoding.ASCII.GetString(line));
            for (int i = 0; i < (line[0] & 7); i++)
                answer.Add(Encoding.ASCII.GetBytes(Answer(line)));
            Interlocked.Decrement(ref Inside);
        }

        public static string Answer(ReadOnlySpan<byte> line) => $"{line.Length} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(line))}\n";
    }

    private static string ReadAll(ControlGuest guest)
    {
        StringBuilder text = new();
        while (guest.TryReceive(out byte value))
            text.Append((char)value);
        return text.ToString();
    }

    private static void Send(ControlGuest guest, string text)
    {
        foreach (char value in text)
            Assert.True(guest.TrySend((byte)value));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_line_is_obeyed_at_its_end_and_the_answer_interrupts(bool pc)
    {
        Service.Heard = [];
        ControlGuest guest = ControlGuest.Make<Service>(pc);
        Send(guest, "\r\n\nabc");
        Assert.Empty(Service.Heard);
        Assert.False(guest.Interrupted);
        Send(guest, "\r");
        Assert.Equal(["abc"], Service.Heard);
        Assert.True(guest.Interrupted);
        Assert.Equal(Service.Answer("abc"u8), ReadAll(guest));
        Assert.False(guest.Interrupted);
        Send(guest, "\n`\n");
        Assert.Equal(["abc", "`"], Service.Heard);
        Assert.False(guest.Interrupted);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_line_that_is_too_long_is_told_by_its_length(bool pc)
    {
        Service.Heard = [];
        ControlGuest guest = ControlGuest.Make<Service>(pc);
        string longest = new('h', ControlLine.MaxLine);
        Send(guest, longest + "\n" + longest + "h\n" + longest + longest + "\n");
        Assert.Equal([longest, longest + "h", longest + "h"], Service.Heard);
    }

    // Who does not read is not answered further, and nothing of what it sends is lost: sooner or later it is told to wait.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Without_a_reader_the_guest_is_told_to_wait_and_nothing_is_lost(bool pc)
    {
        Service.Heard = [];
        ControlGuest guest = ControlGuest.Make<Service>(pc);
        int sent = 0;
        Queue<byte> waiting = new(Enumerable.Range(0, 500).SelectMany(i => Encoding.ASCII.GetBytes($"g{i} of a flood\n")));
        int all = waiting.Count;
        for (; sent < all && guest.TrySend(waiting.Peek()); sent++)
            waiting.Dequeue();
        Assert.InRange(sent, (int)TransmitRing.Size - 64, (int)TransmitRing.Size + 64);
        Assert.Single(Service.Heard);
        StringBuilder answers = new();
        while (waiting.Count != 0)
        {
            while (waiting.Count != 0 && guest.TrySend(waiting.Peek()))
                waiting.Dequeue();
            for (int i = 0; i < 100 && guest.TryReceive(out byte value); i++)
                answers.Append((char)value);
        }
        answers.Append(ReadAll(guest));
        string[] lines = [.. Enumerable.Range(0, 500).Select(i => $"g{i} of a flood")];
        Assert.Equal(lines, Service.Heard);
        Assert.Equal(string.Concat(lines.SelectMany(line => Enumerable.Repeat(Service.Answer(Encoding.ASCII.GetBytes(line)), 'g' & 7))), answers.ToString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Vcpus_at_once_lose_nothing_and_one_does_the_work(bool pc)
    {
        Service.Heard = null;
        Service.TwoAtOnce = 0;
        ControlGuest guest = ControlGuest.Make<Service>(pc);
        const int lines = 3000;
        int[] sent = new int[1];
        Task writer = Task.Run(() =>
        {
            for (int i = 0; i < lines; i++)
            {
                foreach (byte value in Encoding.ASCII.GetBytes($"a{i}\n"))
                    while (!guest.TrySend(value))
                        Thread.Yield();
                Volatile.Write(ref sent[0], i + 1);
            }
        });
        List<byte> received = [];
        string expected = string.Concat(Enumerable.Range(0, lines).Select(i => Service.Answer(Encoding.ASCII.GetBytes($"a{i}"))));
        Task reader = Task.Run(() =>
        {
            while (received.Count < expected.Length)
            {
                if (guest.TryReceive(out byte value))
                    received.Add(value);
                else
                    Thread.Yield();
            }
        });
        await Task.WhenAll(writer, reader).WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(expected, Encoding.ASCII.GetString([.. received]));
        Assert.Equal(0, Service.TwoAtOnce);
    }
}
