using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Bulkhead.ControlTool;
using Bulkhead.Devices;
using Bulkhead.Tests.Core;
using Bulkhead.Update;
using Xunit;

namespace Bulkhead.Tests.Update;

/// <summary>bulkheadctl's conversations by the mailbox with the update service, over a model flash.</summary>
public class MailboxClientTests
{
    private static World s_world = null!;

    /// <summary>What both ends share in one test.</summary>
    private sealed class World
    {
        public readonly ServiceBoard Board = ServiceBoard.Delivered();
        public readonly List<string> Commands = [];
        public readonly List<string> Lines = [];
        public readonly List<ulong> Received = [];
        /// <summary>Before a command is obeyed, as whoever has another channel does it.</summary>
        public Action<string> Meanwhile = _ => { };
        /// <summary>How often the bell is rung before the program's end.</summary>
        public int RingsToLive = int.MaxValue;

        public World()
        {
            s_world = this;
            Assert.True(ControlMailbox<MailboxRam, Service>.TryCreate(MailboxRam.Create()));
        }
    }

    private readonly struct Service : ILineService
    {
        public static void Obey(ReadOnlySpan<byte> line, ForeignBytes data, ref ControlAnswer answer)
        {
            string command = Encoding.ASCII.GetString(line);
            s_world.Meanwhile(command);
            s_world.Commands.Add(command);
            foreach (string said in s_world.Board.Ask([.. line], data))
                answer.Add(Encoding.ASCII.GetBytes(said + "\n"));
        }
    }

    private readonly struct Port : IMailbox
    {
        public void Put(uint offset, ReadOnlySpan<byte> bytes)
        {
            Assert.Equal(0u, offset % 8);
            bytes.CopyTo(MailboxRam.BufferBytes[(int)offset..]);
        }

        public void Get(uint offset, Span<byte> room)
        {
            Assert.Equal(0, (int)(offset | (uint)room.Length) % 8);
            MailboxRam.BufferBytes.Slice((int)offset, room.Length).CopyTo(room);
        }

        public void Ring(uint data)
        {
            if (s_world.RingsToLive-- > 0)
                ControlMailbox<MailboxRam, Service>.Write(Mailbox.Doorbell, AccessSize.Word, data);
        }
    }

    private readonly struct Output : IOutput
    {
        public void Line(ReadOnlySpan<byte> line) => s_world.Lines.Add(Encoding.ASCII.GetString(line));

        public void Progress(ReadOnlySpan<byte> what, ulong done, ulong all)
        {
            if (what.SequenceEqual("received"u8))
                s_world.Received.Add(done);
        }
    }

    private static ClientResult Update(byte[] bundle, out string error, bool isStream = false)
    {
        ServiceClient<MailboxChannel<Port>, Output> client = default;
        Assert.Equal(ClientResult.Ok, client.Begin());
        BundleArray source = new(bundle, isStream);
        ClientResult result = client.Update(ref source, new byte[64 * 1024]);
        error = Encoding.ASCII.GetString(ServiceClient<MailboxChannel<Port>, Output>.ErrorOf(in client));
        return result;
    }

    [Fact]
    public void Slots_are_every_units()
    {
        World world = new();
        ServiceClient<MailboxChannel<Port>, Output> client = default;
        Assert.Equal(ClientResult.Ok, client.AskSlots());
        string[] names = ["hypervisor", "table", "gateway", "app"];
        Assert.Equal(names.SelectMany(name => world.Board.Ask("slots " + name)[..^1]), world.Lines);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_bundle_is_brought_in_and_verified_in_few_commands(bool isStream)
    {
        World world = new();
        byte[] bundle = TestBundle.Gateway(size: 200_000);
        Assert.Equal((ClientResult.Ok, ""), (Update(bundle, out string error, isStream), error));
        int data = world.Commands.Count(command => command.StartsWith("data ", StringComparison.Ordinal));
        Assert.Equal(1 + (bundle.Length - BundleHeader.StoredSize + (int)Mailbox.DataSize - 1) / (int)Mailbox.DataSize, data);
        Assert.Equal((ulong)bundle.Length, world.Received[^1]);
        Assert.Contains("verified", world.Board.Ask("status")[0]);
        Assert.Equal("ok", world.Board.Last("activate"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void An_interrupted_transfer_goes_on(int rings)
    {
        World world = new() { RingsToLive = rings };
        byte[] bundle = TestBundle.Gateway(size: 200_000);
        Assert.Equal(ClientResult.NoAnswer, Update(bundle, out _));
        world.RingsToLive = int.MaxValue;
        Assert.Equal((ClientResult.Ok, ""), (Update(bundle, out string error), error));
        string[] offsets = [.. world.Commands.Where(command => command.StartsWith("data ", StringComparison.Ordinal))];
        Assert.Equal(offsets.Distinct(), offsets);
    }

    // The UART's text and the mailbox's bytes are one transfer.
    [Fact]
    public void The_other_line_may_interfere()
    {
        World world = new();
        byte[] bundle = TestBundle.Gateway(size: 200_000);
        int disturbed = 0;
        world.Meanwhile = command =>
        {
            if (command == "data 61440" && disturbed++ == 0)
                Assert.Equal("ok 61540", world.Board.Last($"data 61440 {Convert.ToBase64String(bundle, 61440, 100)}"));
        };
        Assert.Equal((ClientResult.Ok, 1), (Update(bundle, out _), disturbed));
    }

    [Fact]
    public void A_refusal_is_told_and_changes_nothing()
    {
        World world = new();
        world.Board.State.Unit[ServiceBoard.Gateway].Rollback = 1;
        string before = world.Board.Essence();
        Assert.Equal((ClientResult.Refused, "bad-signature"), (Update(TestBundle.Gateway(size: 30_000, key: TestKeys.Stranger), out string error), error));
        Assert.Equal((ClientResult.Refused, "downgrade gateway"), (Update(TestBundle.Gateway(rollback: 0, size: 30_000), out error), error));
        Assert.Equal(before, world.Board.Essence());
        Assert.Equal(ClientResult.BadBundle, Update(TestBundle.Gateway(size: 30_000)[..^1], out _));
    }

    [Fact]
    public void Data_beside_the_command_have_the_same_rules_as_text()
    {
        World world = new();
        byte[] bundle = TestBundle.Gateway(size: 30_000);
        Assert.Equal("error no-bundle", world.Board.Ask("data 0"u8.ToArray(), new(bundle.AsSpan(0, 10)))[^1]);
        Assert.Equal("ok 0", world.Board.Last($"begin {bundle.Length}"));
        Assert.Equal("error bad-data", world.Board.Last("data 0"));
        Assert.Equal("error out-of-order 0", world.Board.Ask("data 4"u8.ToArray(), new(bundle.AsSpan(4, 10)))[^1]);
        // Both forms at once, and more than there is to come: nothing of it is taken.
        Assert.Equal("error bad-data", world.Board.Ask("data 0 AAAA"u8.ToArray(), new(bundle.AsSpan(0, 10)))[^1]);
        Assert.Equal("error bad-data", world.Board.Ask("data 0"u8.ToArray(), new([.. bundle, 0]))[^1]);
        Assert.Equal("ok 4100", world.Board.Ask("data 0"u8.ToArray(), new(bundle.AsSpan(0, 4100)))[^1]);
        Assert.Equal("error out-of-order 4100", world.Board.Ask("data 0"u8.ToArray(), new(bundle.AsSpan(0, 10)))[^1]);
        // What is no command of its own is not changed by what comes along.
        Assert.Equal("ok", world.Board.Ask("abort"u8.ToArray(), new(bundle.AsSpan(0, 10)))[^1]);
        Assert.Equal($"ok {bundle.Length}", world.Board.Last($"begin {bundle.Length}") == "ok 0" ? world.Board.Ask("data 0"u8.ToArray(), new(bundle))[^1] : "");
        Assert.Equal("ok", world.Board.Verify());
    }

    // Another CPU of the guest changes the data while they are taken: what is verified is in the flash, and it alone is used.
    [Fact]
    public async Task A_buffer_that_changes_while_it_is_used_gets_nothing_past_the_verifier()
    {
        int verified = 0, refused = 0;
        for (int round = 0; round < 60; round++)
        {
            World world = new();
            string before = world.Board.Essence();
            byte[] bundle = TestBundle.Gateway(size: 60_000);
            byte[] cache = MailboxRam.Cache;
            bool[] over = new bool[1];
            int seed = round;
            Task scribbler = Task.Run(() =>
            {
                Random random = new(seed);
                while (!Volatile.Read(ref over[0]))
                {
                    cache[(int)(MailboxRam.Buffer + Mailbox.Data) + random.Next((int)Mailbox.DataSize)] ^= 1;
                    Thread.SpinWait(random.Next(1 << seed / 4));
                }
            });
            ClientResult result = Update(bundle, out string error);
            Volatile.Write(ref over[0], true);
            await scribbler;
            Assert.Contains(result, new[] { ClientResult.Ok, ClientResult.Refused });
            if (result == ClientResult.Ok)
            {
                verified++;
                Assert.Equal("ok", world.Board.Last("activate"));
                byte[] part = bundle[BundleHeader.StoredSize..];
                Assert.Equal(part, world.Board.Read(world.Board.Slot(ServiceBoard.Gateway, 1), part.Length));
            }
            else
            {
                refused++;
                Assert.DoesNotContain("ok", error);
                Assert.Equal(before, world.Board.Essence());
            }
        }
        Assert.True(refused > 0, $"{verified} verified");
    }
}
