using System;
using System.Linq;
using Bulkhead.Boot;
using Bulkhead.Diagnostics;
using Bulkhead.Lifecycle;
using Bulkhead.Memory;
using Bulkhead.Partitions;
using Bulkhead.Update;
using Bulkhead.Vcpus;
using Xunit;

namespace Bulkhead.Tests.Core;

/// <summary>The portable core from the appliance table to a guest's first instruction and its end, on an architecture of memory.</summary>
[Collection(CoreBoard.Tests)]
public class GuestStartTests
{
    private const ulong Ram = 0x5000_0000;
    private static readonly byte[] Kernel = [.. Enumerable.Range(0, 10_000).Select(i => (byte)(i * 3))];
    private static readonly byte[] Tree = new byte[256];
    private static readonly Samples.Segment[] Segments =
        [new(SegmentKind.Kernel, 0x4000_0000, Kernel, Gzip: true), new(SegmentKind.BootInfo, 0x4020_0000, Tree)];

    [Fact]
    public void Table_b_is_taken_when_a_does_not_check()
    {
        CoreBoard board = new();
        FirstStageConfig config = WithTables(board);
        board.Image[(int)config.TableA.Offset + 300] ^= 1;
        TableLoad<FakeArch, Arm64TableRules>.Run(in config, default, ref board.Table);
        Assert.Equal(2, ApplianceTables.GuestCount);
        Assert.Equal("sample"u8.ToArray(), ApplianceTables.Name.ToArray());
        HypervisorLog<FakeArch>.Started(4096, 77);
        string[] lines = board.Lines();
        Assert.StartsWith("appliance table: ", lines[0]);
        Assert.StartsWith("WARNING: keys: none", lines[1]);
        Assert.Equal("Bulkhead: appliance sample, 2 guests, 4096 bytes of RAM held, 77 ticks since reset", lines[2]);
    }

    /// <summary>From here on the hypervisor itself feeds what its first stage has started.</summary>
    [Theory]
    [InlineData(false, false, 0)]
    [InlineData(true, false, 0)]
    [InlineData(true, true, 1)]
    public void A_hypervisor_on_trial_feeds_the_boards_watchdog_once_it_has_a_table(bool hasWatchdog, bool isOnTrial, int fed)
    {
        CoreBoard board = new() { HasWatchdog = hasWatchdog };
        FirstStageConfig config = WithTables(board);
        board.Image.AsSpan(0, 2 * IFlash.EraseBlock).Fill(0xff);
        (config.State0, config.State1) = (new() { Offset = 0, Size = IFlash.EraseBlock }, new() { Offset = IFlash.EraseBlock, Size = IFlash.EraseBlock });
        BoardUpdates<FakeArch>.Open(in config, default);
        SpinLock.Guard held = BoardUpdates<FakeArch>.Enter();
        ref UpdateStore<BoardFlash<FakeArch>> store = ref BoardUpdates<FakeArch>.Store(held);
        Assert.Equal(UpdateRefusal.None, UpdateState.Activate(ref store.Record, isOnTrial ? 1u << UpdateUnit.Hypervisor : 1u << UpdateUnit.Table, 3));
        Assert.True(store.TryKeep());
        BoardUpdates<FakeArch>.Exit(held);
        TableLoad<FakeArch, Arm64TableRules>.Run(in config, StartedSlot.Of(isOnTrial ? 1 : 0), ref board.Table);
        Assert.Equal(fed, board.Calls.Count(call => call.StartsWith("feed board watchdog", StringComparison.Ordinal)));
        TrialWatchdog<FakeArch>.End();
    }

    [Fact]
    public void Where_a_root_key_is_known_an_unsigned_table_is_refused()
    {
        CoreBoard board = new();
        FirstStageConfig config = WithTables(board);
        config.Roots.First[0] = 1;
        Assert.Throws<NoReturn>(() => TableLoad<FakeArch, Arm64TableRules>.Run(in config, default, ref board.Table));
        Assert.Equal("appliance table: it is not signed by a root key that this board knows", board.Lines()[0]);
    }

    [Fact]
    public void Without_a_table_the_board_stops_and_says_so()
    {
        CoreBoard board = new();
        FirstStageConfig config = WithTables(board);
        config.TableB.Offset = (ulong)board.Image.Length;
        board.Image[(int)config.TableA.Offset] ^= 1;
        Assert.Equal("halt", Assert.Throws<NoReturn>(() => TableLoad<FakeArch, Arm64TableRules>.Run(in config, default, ref board.Table)).Message);
        Assert.StartsWith("refused: no appliance table", board.Lines()[^1]);
    }

    [Fact]
    public void A_contradicted_fact_is_named_with_both_values()
    {
        CoreBoard board = new();
        Assert.Equal("halt", Assert.Throws<NoReturn>(() => HypervisorLog<FakeArch>.RefuseFact("number of CPUs"u8, 4, "the device tree says"u8, 2)).Message);
        Assert.Equal(["refused: number of CPUs: the board file says 0x4, the device tree says 0x2"], board.Lines());
    }

    [Fact]
    public void A_sound_package_is_loaded_published_and_entered()
    {
        CoreBoard board = new();
        board.Ram.AsSpan().Fill(0xee);
        board.UseSample(Samples.Slot(2 << 20, Segments));
        Assert.Equal("enter", Assert.Throws<NoReturn>(() => GuestLife<FakeArch>.Run(ref board.Vcpus[0])).Message);

        Assert.Equal(Kernel, board.Ram[..Kernel.Length]);
        // Whatever the RAM held before is gone; the seed alone differs from the package.
        Assert.Equal(-1, board.Ram.AsSpan(Kernel.Length, 0x20_0000 - Kernel.Length).IndexOfAnyExcept((byte)0));
        byte[] tree = board.Ram[0x20_0000..(0x20_0000 + Tree.Length)];
        Assert.True(tree[64..96].Distinct().Count() > 8);
        Assert.All(tree[..64].Concat(tree[96..]), b => Assert.Equal(0, b));
        Assert.Equal([$"publish {Ram:x}+{Kernel.Length:x}", $"publish {Ram + 0x20_0000:x}+{Tree.Length:x}", "complete", "begin 0", "reset 0"], board.Calls);
        Assert.NotEqual(0, board.Served);
        Assert.Equal((0x4000_0000ul, 0x4020_0000ul), (board.Vcpus[0].Entry.Value, board.Vcpus[0].EntryArgument));
        Assert.Equal("gateway: starts", board.Lines()[^1]);
        Assert.Equal((int)VcpuPower.On, board.Vcpus[0].Power);
    }

    [Fact]
    public void A_refused_package_ends_that_guest()
    {
        CoreBoard board = new();
        byte[] slot = Samples.Slot(2 << 20, Segments);
        // Behind gzip's header of ten bytes.
        slot[PackageHeader.StoredSize + 30] ^= 1;
        board.UseSample(slot);
        Assert.Equal("park", Assert.Throws<NoReturn>(() => GuestLife<FakeArch>.Run(ref board.Vcpus[0])).Message);
        Assert.Equal((int)GuestState.Stopped, board.Partitions[0].State);
        Assert.Empty(board.Calls);
        Assert.Equal("gateway: not started: its package was refused", board.Lines()[^1]);
    }

    [Fact]
    public void An_empty_slot_is_refused_with_its_reason()
    {
        CoreBoard board = new();
        board.UseSample([]);
        Assert.Throws<NoReturn>(() => GuestLife<FakeArch>.Run(ref board.Vcpus[0]));
        Assert.Equal(2, board.Lines().Length);
    }

    [Fact]
    public void What_is_not_to_start_waits()
    {
        CoreBoard board = new();
        board.UseSample(Samples.Slot(2 << 20, Segments));
        board.Partitions[0].Entry.Flags = GuestFlags.None;
        Assert.Equal("park", Assert.Throws<NoReturn>(() => GuestLife<FakeArch>.Run(ref board.Vcpus[0])).Message);
        Assert.Equal(["gateway: is not started at boot, as its manifest says"], board.Lines());
        Assert.Empty(board.Calls);
    }

    [Fact]
    public void A_vCPU_is_turned_on_once()
    {
        CoreBoard board = new();
        board.UseSample(Samples.Slot(2 << 20, Segments));
        board.Partitions[0].State = (int)GuestState.Running;
        GuestPhys entry = new(0x4000_1000);
        Assert.Equal(TurnOnResult.NoSuchVcpu, VcpuLoop<FakeArch>.TurnOn(ref board.Partitions[0], 2, entry, 7));
        Assert.Equal(TurnOnResult.BadEntry, VcpuLoop<FakeArch>.TurnOn(ref board.Partitions[0], 1, new(0x0900_0000), 7));
        Assert.Equal(TurnOnResult.Done, VcpuLoop<FakeArch>.TurnOn(ref board.Partitions[0], 1, entry, 7));
        Assert.Equal(TurnOnResult.Pending, VcpuLoop<FakeArch>.TurnOn(ref board.Partitions[0], 1, entry, 8));
        Assert.Equal("enter", Assert.Throws<NoReturn>(() => GuestLife<FakeArch>.Run(ref board.Vcpus[1])).Message);
        Assert.Equal(TurnOnResult.AlreadyOn, VcpuLoop<FakeArch>.TurnOn(ref board.Partitions[0], 1, entry, 9));
        Assert.Equal(7ul, board.Vcpus[1].EntryArgument);
        Assert.Equal("unwind", Assert.Throws<NoReturn>(() => VcpuLoop<FakeArch>.TurnOff(ref board.Vcpus[1])).Message);
        Assert.Equal(["kick 1", "reset 1", "quiesce 1 True"], board.Calls);
    }

    [Fact]
    public void Every_end_has_words_of_its_own()
    {
        CoreBoard board = new();
        board.UseSample([]);
        foreach (StopReason reason in Enum.GetValues<StopReason>())
            GuestStop<FakeArch>.Announce(ref board.Vcpus[0], reason);
        string[] lines = board.Lines();
        Assert.Equal(Enum.GetValues<StopReason>().Length, lines.Distinct().Count());
        Assert.All(lines, line => Assert.StartsWith("gateway: ", line));
    }

    [Fact]
    public void A_held_line_has_a_deadline()
    {
        CoreBoard board = new();
        board.UseSample([]);
        ref VcpuCore vcpu = ref board.Vcpus[0];
        Deadlines<FakeArch>.ArmConsole(ref vcpu);
        ulong deadline = vcpu.ConsoleDeadline;
        Deadlines<FakeArch>.ArmConsole(ref vcpu);
        Assert.Equal([$"timer {deadline}"], board.Calls);
        // 5 ms of the clock.
        Assert.Equal(1000 + CoreBoard.Frequency / 200, deadline);
        Deadlines<FakeArch>.Check(ref vcpu, deadline - 1);
        Assert.Equal(deadline, vcpu.ConsoleDeadline);
        Deadlines<FakeArch>.Check(ref vcpu, deadline);
        Assert.Equal(0ul, vcpu.ConsoleDeadline);
    }

    private static FirstStageConfig WithTables(CoreBoard board)
    {
        byte[] stored = Samples.Stored(Samples.Table());
        FirstStageConfig config = new()
        {
            Magic = FirstStageConfig.ExpectedMagic,
            TableA = new() { Offset = Samples.MiB, Size = 256 << 10 },
            TableB = new() { Offset = 2 * Samples.MiB, Size = 256 << 10 },
        };
        stored.CopyTo(board.Image, (int)config.TableA.Offset);
        stored.CopyTo(board.Image, (int)config.TableB.Offset);
        return config;
    }
}
