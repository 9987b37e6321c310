using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Bulkhead.ControlTool;
using Bulkhead.Devices;
using Bulkhead.Tests.Core;
using Bulkhead.Update;
using Xunit;

namespace Bulkhead.Tests.Update;

/// <summary>bulkheadctl's conversations by both UARTs with the update service, over a model flash.</summary>
public class ControlClientTests
{
    /// <summary>What both ends of the line share in one test.</summary>
    private sealed class World(ServiceBoard board, bool pc)
    {
        [ThreadStatic]
        public static World? Present;

        public readonly ServiceBoard Board = board;
        public readonly ControlGuest Guest = ControlGuest.Make<Service>(pc);
        public readonly List<string> Commands = [];
        public readonly List<string> Lines = [];
        public readonly List<(string What, ulong Done, ulong All)> Steps = [];
        /// <summary>Before a command is obeyed, as whoever has the other line does it.</summary>
        public Action<string> Meanwhile = _ => { };
        /// <summary>Bytes until the program's end: it is killed, and the terminal stays as it was.</summary>
        public int BytesToLive = int.MaxValue;

        public ServiceClient<LineChannel<Port>, Output> Client()
        {
            Present = this;
            Lines.Clear();
            Steps.Clear();
            return default;
        }
    }

    private readonly struct Service : ILineService
    {
        public static void Obey(ReadOnlySpan<byte> line, ForeignBytes data, ref ControlAnswer answer)
        {
            World world = World.Present!;
            string command = Encoding.ASCII.GetString(line);
            world.Meanwhile(command);
            world.Commands.Add(command);
            foreach (string said in world.Board.Ask(command))
                answer.Add(Encoding.ASCII.GetBytes(said + "\n"));
        }
    }

    /// <summary>A terminal driver: it takes what comes whenever it is interrupted.</summary>
    public struct Port : ISerialPort
    {
        private Queue<byte>? _received;

        public bool Send(ReadOnlySpan<byte> bytes)
        {
            World world = World.Present!;
            foreach (byte value in bytes)
            {
                if (world.BytesToLive-- <= 0)
                    return false;
                while (!world.Guest.TrySend(value))
                    Interrupt(world);
                Interrupt(world);
            }
            return true;
        }

        public int Receive(Span<byte> room, int milliseconds)
        {
            Interrupt(World.Present!);
            int count = 0;
            while (count < room.Length && count < 7 && _received!.Count != 0)
                room[count++] = _received.Dequeue();
            return count;
        }

        private void Interrupt(World world)
        {
            _received ??= [];
            while (world.Guest.Interrupted && world.Guest.TryReceive(out byte value))
                _received.Enqueue(value);
        }
    }

    public readonly struct Output : IOutput
    {
        public void Line(ReadOnlySpan<byte> line) => World.Present!.Lines.Add(Encoding.ASCII.GetString(line));

        public void Progress(ReadOnlySpan<byte> what, ulong done, ulong all) => World.Present!.Steps.Add((Encoding.ASCII.GetString(what), done, all));
    }

    private static ClientResult Update(World world, byte[] bundle, out string error, bool isStream = false)
    {
        ServiceClient<LineChannel<Port>, Output> client = world.Client();
        Assert.Equal(ClientResult.Ok, client.Begin());
        BundleArray source = new(bundle, isStream);
        ClientResult result = client.Update(ref source, new byte[4096]);
        error = Encoding.ASCII.GetString(ServiceClient<LineChannel<Port>, Output>.ErrorOf(in client));
        return result;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Slots_are_every_units(bool pc)
    {
        World world = new(ServiceBoard.Delivered(), pc);
        ServiceClient<LineChannel<Port>, Output> client = world.Client();
        Assert.Equal(ClientResult.Ok, client.Begin());
        Assert.Equal(ClientResult.Ok, client.AskSlots());
        string[] names = ["hypervisor", "table", "gateway", "app"];
        Assert.Equal(names.SelectMany(name => world.Board.Ask("slots " + name)[..^1]), world.Lines);
        Assert.Equal(12, world.Lines.Count);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void A_bundle_is_brought_in_and_verified(bool pc, bool isStream)
    {
        World world = new(ServiceBoard.Delivered(), pc);
        byte[] bundle = TestBundle.Gateway(size: 40_000);
        Assert.Equal((ClientResult.Ok, ""), (Update(world, bundle, out string error, isStream), error));
        Assert.Contains("verified", world.Board.Ask("status")[0]);
        ServiceClient<LineChannel<Port>, Output> client = world.Client();
        Assert.Equal(ClientResult.Ok, client.Ask("activate"u8));
        Assert.True(world.Board.State.Unit[ServiceBoard.Gateway].IsOnTrial);
        Assert.Equal(ClientResult.Ok, client.Ask("status"u8));
        Assert.Equal("trial gateway", world.Lines[^1]);
    }

    [Fact]
    public void Progress_only_grows_up_to_all()
    {
        World world = new(ServiceBoard.Delivered(), false);
        byte[] bundle = TestBundle.Gateway(size: 40_000);
        Assert.Equal(ClientResult.Ok, Update(world, bundle, out _));
        foreach (string what in new[] { "received", "verified" })
        {
            ulong[] done = [.. world.Steps.Where(step => step.What == what).Select(step => step.Done)];
            Assert.Equal(done.Order(), done);
            Assert.Equal((ulong)bundle.Length, done[^1]);
        }
        Assert.All(world.Steps, step => Assert.Equal((ulong)bundle.Length, step.All));
    }

    // Killed at any byte, in the middle of a line too, and started again: what was taken is not sent again.
    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    public void An_interrupted_transfer_goes_on(bool pc, int seed)
    {
        Random random = new(seed);
        for (int round = 0; round < 8; round++)
        {
            World world = new(ServiceBoard.Delivered(), pc);
            byte[] bundle = TestBundle.Gateway(size: 30_000);
            world.BytesToLive = random.Next(200, bundle.Length * 4 / 3);
            Assert.Equal(ClientResult.NoAnswer, Update(world, bundle, out _));
            int sent = world.Commands.Count;
            world.BytesToLive = int.MaxValue;
            Assert.Equal((ClientResult.Ok, ""), (Update(world, bundle, out string error), error));
            int needed = (bundle.Length + 191) / 192;
            int data = world.Commands.Count(command => command.StartsWith("data ", StringComparison.Ordinal));
            Assert.InRange(data, needed, needed + 2);
            Assert.True(sent < world.Commands.Count);
            Assert.Equal("ok", world.Board.Last("activate"));
        }
    }

    // The management console begins the same bundle, takes a piece further, or is at work: the client looks where the service stands.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_other_line_may_interfere(bool isStream)
    {
        World world = new(ServiceBoard.Delivered(), false);
        byte[] bundle = TestBundle.Gateway(size: 30_000);
        int disturbed = 0;
        world.Meanwhile = command =>
        {
            if (command.StartsWith("data 9472 ", StringComparison.Ordinal) && disturbed++ == 0)
                Assert.Equal("ok 9572", world.Board.Last($"data 9472 {Convert.ToBase64String(bundle, 9472, 100)}"));
        };
        ClientResult result = Update(world, bundle, out _, isStream);
        Assert.Equal(1, disturbed);
        // A stream is behind what was sent and not taken.
        Assert.Equal(isStream ? ClientResult.BadBundle : ClientResult.Ok, result);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_first_refusal_is_the_reason(bool pc)
    {
        World world = new(ServiceBoard.Delivered(), pc);
        world.Board.State.Unit[ServiceBoard.Gateway].Rollback = 1;
        string before = world.Board.Essence();
        Assert.Equal((ClientResult.Refused, "bad-signature"), (Update(world, TestBundle.Gateway(size: 30_000, key: TestKeys.Stranger), out string error), error));
        Assert.Equal((ClientResult.Refused, "downgrade gateway"), (Update(world, TestBundle.Gateway(rollback: 0, size: 30_000), out error), error));
        Assert.Equal(before, world.Board.Essence());
        ServiceClient<LineChannel<Port>, Output> client = world.Client();
        Assert.Equal(ClientResult.Refused, client.Ask("rollback"u8));
        Assert.Equal("no-trial", Encoding.ASCII.GetString(ServiceClient<LineChannel<Port>, Output>.ErrorOf(in client)));
    }

    [Fact]
    public void What_is_no_bundle_or_not_all_of_one_is_not_brought_in()
    {
        World world = new(ServiceBoard.Delivered(), false);
        byte[] bundle = TestBundle.Gateway(size: 30_000);
        Assert.Equal(ClientResult.BadBundle, Update(world, [], out _));
        Assert.Equal(ClientResult.BadBundle, Update(world, new byte[30_000], out _));
        Assert.Equal(ClientResult.BadBundle, Update(world, bundle[..4095], out _));
        Assert.Empty(world.Commands);
        Assert.Equal(ClientResult.BadBundle, Update(world, bundle[..^1], out _));
        Assert.Equal("incomplete", world.Board.Last("verify")["error ".Length..]);
        Assert.Equal(ClientResult.Ok, Update(world, bundle, out _));
    }

    // Answers of somebody who asked before and did not wait for them.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Stale_answers_are_nobodys(bool pc)
    {
        World world = new(ServiceBoard.Delivered(), pc);
        World.Present = world;
        foreach (byte value in Encoding.ASCII.GetBytes("slots\nslots gateway\nslots hypervisor\nstat"))
            Assert.True(world.Guest.TrySend(value));
        ServiceClient<LineChannel<Port>, Output> client = world.Client();
        Assert.Equal(ClientResult.Ok, client.Begin());
        Assert.Equal(ClientResult.Ok, client.Ask("status"u8));
        Assert.Equal(world.Board.Ask("status")[..^1], world.Lines);
    }
}
