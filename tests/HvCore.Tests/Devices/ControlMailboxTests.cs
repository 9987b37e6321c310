using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Bulkhead.Devices;
using Bulkhead.Update;
using Xunit;

namespace Bulkhead.Tests.Core;

/// <summary>The control guest's mailbox: its registers, and a buffer that the guest may change at any time.</summary>
public class ControlMailboxTests
{
    private readonly struct Service : ILineService
    {
        public static readonly List<(string Line, byte[] Data)> Heard = [];

        public static string Answer = "ok\n";

        /// <summary>After the command was looked at for the first time.</summary>
        public static Action? Within;

        public static void Obey(ReadOnlySpan<byte> line, ForeignBytes data, ref ControlAnswer answer)
        {
            string before = Encoding.Latin1.GetString(line);
            byte[] taken = new byte[data.Length];
            data.CopyTo(0, taken);
            Heard.Add((before, taken));
            Within?.Invoke();
            Assert.Equal(before, Encoding.Latin1.GetString(line));
            answer.Add(Encoding.Latin1.GetBytes(Answer));
        }
    }

    private static readonly AccessSize[] Sizes = [AccessSize.Byte, AccessSize.HalfWord, AccessSize.Word, AccessSize.DoubleWord];

    public ControlMailboxTests()
    {
        Service.Heard.Clear();
        Service.Answer = "ok\n";
        Service.Within = null;
        Assert.True(ControlMailbox<MailboxRam, Service>.TryCreate(MailboxRam.Create()));
    }

    private static Span<byte> Part(uint offset, int length) => MailboxRam.BufferBytes.Slice((int)offset, length);

    private static void Put(string line, ReadOnlySpan<byte> data = default)
    {
        Encoding.Latin1.GetBytes(line).CopyTo(Part(Mailbox.Line, line.Length));
        data.CopyTo(Part(Mailbox.Data, data.Length));
    }

    private static void Ring(uint data = 0) => ControlMailbox<MailboxRam, Service>.Write(Mailbox.Doorbell, AccessSize.Word, data);

    private static string Answer()
    {
        Span<byte> room = Part(Mailbox.Answer, (int)Mailbox.AnswerSize);
        return Encoding.Latin1.GetString(room[..room.IndexOf((byte)0)]);
    }

    [Fact]
    public void The_parts_of_the_buffer_lie_side_by_side()
    {
        Assert.True(ControlLine.MaxLine < Mailbox.Answer - Mailbox.Line);
        Assert.Equal(Mailbox.Data, Mailbox.Answer + Mailbox.AnswerSize);
        Assert.Equal(Mailbox.BufferSize, Mailbox.Data + Mailbox.DataSize);
    }

    [Fact]
    public void Registers_are_words_and_anything_else_is_nothing()
    {
        Put("listen\n");
        byte[] before = [.. MailboxRam.Memory];
        Dictionary<uint, uint> found = [];
        for (uint offset = 0; offset < Mailbox.RegistersSize; offset++)
        {
            foreach (AccessSize size in Sizes)
            {
                uint value = ControlMailbox<MailboxRam, Service>.Read(offset, size);
                if (size == AccessSize.Word)
                    found[offset] = value;
                else
                    Assert.Equal(0u, value);
                if (offset != Mailbox.Doorbell || size != AccessSize.Word)
                    ControlMailbox<MailboxRam, Service>.Write(offset, size, 1);
            }
        }
        Assert.Equal([(0, Mailbox.IdentityValue), (4, (uint)(MailboxRam.Guest + MailboxRam.Buffer))],
            found.Where(register => register.Value != 0).Select(register => (register.Key, register.Value)));
        Assert.Empty(Service.Heard);
        Assert.Equal(before, MailboxRam.Memory);
        Assert.Equal("BHM1"u8, BitConverter.GetBytes(Mailbox.IdentityValue));
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r")]
    [InlineData("\0")]
    [InlineData("\r\nrest")]
    public void The_bell_has_one_line_obeyed(string end)
    {
        Put("slots gateway" + end);
        Ring();
        Assert.Equal("ok\n", Answer());
        Assert.Equal("slots gateway", Assert.Single(Service.Heard).Line);
        Assert.Empty(Service.Heard[0].Data);
    }

    [Fact]
    public void A_line_without_an_end_is_told_by_its_length_and_an_empty_one_is_none()
    {
        MailboxRam.BufferBytes.Fill((byte)'x');
        Ring();
        Assert.Equal(ControlLine.MaxLine + 1, Assert.Single(Service.Heard).Line.Length);
        Put("\nslots\n");
        Part(Mailbox.Answer, 8).Clear();
        Ring();
        Assert.Single(Service.Heard);
        Assert.Equal("", Answer());
    }

    [Theory]
    [InlineData(0u, 0)]
    [InlineData(1u, 1)]
    [InlineData(Mailbox.DataSize, (int)Mailbox.DataSize)]
    [InlineData(Mailbox.DataSize + 1, 0)]
    [InlineData(0x8000_0000, 0)]
    [InlineData(uint.MaxValue, 0)]
    public void The_bell_says_how_many_bytes_come_along(uint rung, int count)
    {
        byte[] data = new byte[Mailbox.DataSize];
        new Random(1).NextBytes(data);
        Put("data 0\n", data);
        Ring(rung);
        Assert.Equal(data[..count], Assert.Single(Service.Heard).Data);
    }

    [Fact]
    public void An_answer_that_is_too_long_is_cut_and_still_ends()
    {
        Service.Answer = new('a', 5000);
        Put("log\n");
        Ring();
        Assert.Equal(new string('a', (int)Mailbox.AnswerSize - 1), Answer());
        Assert.Equal(0, Part(Mailbox.Data, 1)[0]);
    }

    // The same answer twice, to a guest that has cleared the first one past the cache.
    [Fact]
    public void Each_answer_reaches_memory()
    {
        Put("slots\n");
        for (int i = 0; i < 3; i++)
        {
            Part(Mailbox.Answer, 1).Clear();
            Ring();
            Assert.Equal("ok\n", Answer());
        }
        Assert.Equal(3, Service.Heard.Count);
    }

    [Fact]
    public void A_second_vcpus_command_has_no_answer_while_the_first_ones_is_carried_out()
    {
        Put("first\n");
        Service.Within = () =>
        {
            Put("second\n");
            Ring();
        };
        Ring();
        Assert.Equal("first", Assert.Single(Service.Heard).Line);
        Service.Within = null;
        Ring();
        Assert.Equal(["first", "second"], Service.Heard.Select(heard => heard.Line));
    }

    // Anything at all, in the buffer and on the bus, while the guest's other CPUs write into the buffer: the hypervisor
    // writes an answer and nothing else, and what it was looking at stays as it was.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_a_guest_does_only_the_answer_is_written(int seed)
    {
        Random random = new(seed);
        byte[] expected = new byte[MailboxRam.Size];
        void Scribble(int times)
        {
            for (int i = 0; i < times; i++)
            {
                int at = (int)MailboxRam.Buffer + (random.Next(2) == 0 ? random.Next(400) : random.Next((int)Mailbox.BufferSize));
                expected[at] = MailboxRam.Memory[at] = (byte)random.Next(256);
                // As a line that the CPU has fetched meanwhile.
                if (random.Next(2) == 0)
                    MailboxRam.Refetch(at);
            }
        }

        MailboxRam.Meanwhile = () => Scribble(random.Next(3));
        Service.Within = () => Scribble(5);
        for (int round = 0; round < 3000; round++)
        {
            Service.Answer = new((char)random.Next(1, 256), random.Next(4200));
            if (random.Next(3) == 0)
                random.NextBytes(MailboxRam.BufferBytes[..512]);
            MailboxRam.BufferBytes.CopyTo(expected.AsSpan((int)MailboxRam.Buffer));
            uint offset = random.Next(3) == 0 ? (uint)random.Next(0x1000) : Mailbox.Doorbell;
            uint value = random.Next(2) == 0 ? (uint)random.Next() << 1 : (uint)random.Next((int)Mailbox.DataSize + 1);
            ControlMailbox<MailboxRam, Service>.Write(offset, Sizes[random.Next(4)], value);
            ControlMailbox<MailboxRam, Service>.Read((uint)random.Next(0x1000), Sizes[random.Next(4)]);
            int answer = (int)(MailboxRam.Buffer + Mailbox.Answer), end = answer + (int)Mailbox.AnswerSize;
            Assert.True(expected.AsSpan(0, answer).SequenceEqual(MailboxRam.Memory.AsSpan(0, answer)));
            Assert.True(expected.AsSpan(end).SequenceEqual(MailboxRam.Memory.AsSpan(end)));
        }
        Assert.NotEmpty(Service.Heard);
    }
}
