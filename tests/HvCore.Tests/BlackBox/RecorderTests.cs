using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using Bulkhead.BlackBox;
using Bulkhead.Diagnostics;
using Bulkhead.ImageBuilder.BlackBox;
using Bulkhead.Lifecycle;
using Bulkhead.Partitions;
using Bulkhead.Vcpus;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Bulkhead.Tests.Core;

/// <summary>What the hypervisor writes into a black box is what the decoder reads, over resets and whatever became of the RAM.</summary>
[Collection(CoreBoard.Tests)]
public sealed unsafe class RecorderTests : IDisposable
{
    private const int Gateway = 0, App = 1;
    private readonly byte* _memory = (byte*)NativeMemory.AlignedAlloc(BlackBoxLayout.Size, BlackBoxLayout.ExitRingSize);
    private CoreBoard _board;

    public RecorderTests()
    {
        new Random(1).NextBytes(Memory);
        _board = NewBoard();
    }

    private Span<byte> Memory => new(_memory, (int)BlackBoxLayout.Size);

    [Fact]
    public void Ram_of_chance_holds_nothing()
    {
        Open(false);
        Assert.DoesNotContain(_board.Lines(), line => line.Contains("black box"));
        BoxContents box = BoxReader.Read(Memory);
        Assert.Empty(box.Records);
        BoxRun run = Assert.Single(box.Runs);
        Assert.Equal(1u, run.Header.Run);
        Assert.All(run.Events, Assert.Empty);
        Assert.All(run.Consoles, Assert.Empty);
    }

    [Fact]
    public void A_record_says_what_was_put_in_and_survives_a_reset()
    {
        Open(false);
        Recorder<FakeArch>.Note(2, TraceEvent.GuestStarts, App, 0x1234);
        Say(App, "last words\r\n");
        Crash(App, 2, StopReason.Stage2Fault);
        Reset();
        Assert.Contains(_board.Lines(), line => line == "black box: 1 crash records of former runs, this is run 2");
        BoxContents box = BoxReader.Read(Memory);
        CrashRecord record = Assert.Single(box.Records);
        Assert.Equal(((uint)App, (uint)StopReason.Stage2Fault, 1ul), (record.Owner, record.Cause, record.Run));
        Assert.Equal(0xabcd_0002ul, record.Register[2]);
        Assert.Equal(1u, record.EventCount);
        Assert.Equal(0x1234ul, record.Event[0].Detail);
        Assert.Equal("last words\n", BoxReader.Text(((ReadOnlySpan<byte>)record.Console)[..(int)record.ConsoleCount]));
        Assert.Equal([1ul, 2ul], box.Runs.Select(run => run.Header.Run));
        Assert.Equal("last words\n", box.Runs[0].Consoles[App]);
        Assert.Equal("", box.Runs[1].Consoles[App]);
        // It left the caches before anybody else could end the board.
        Assert.Contains(_board.Persisted, range => range.Bytes == BlackBoxLayout.RunHeaderStride);
    }

    [Fact]
    public void Only_the_guests_older_record_gives_way()
    {
        Open(false);
        Crash(Gateway, 0, StopReason.TripleFault);
        for (int i = 0; i < 5; i++)
            Crash(App, 2, (StopReason)i);
        Reset();
        Crash(App, 2, StopReason.SystemError);
        BoxContents box = BoxReader.Read(Memory);
        Assert.Equal([1ul, 6ul, 7ul], box.Records.Select(record => record.Sequence));
        Assert.Equal([(uint)StopReason.TripleFault, 4u, (uint)StopReason.SystemError], box.Records.Select(record => record.Cause));
    }

    [Fact]
    public void Two_records_of_each_owner_in_a_run_go_to_flash_and_outlive_the_RAM()
    {
        OpenWithLog();
        int before = _board.Changes;
        Crash(Gateway, 0, StopReason.TripleFault);
        for (int i = 0; i < 5; i++)
            Crash(App, 2, (StopReason)i);
        // An erase, and three programs.
        Assert.Equal(before + 4, _board.Changes);
        Assert.Equal([1ul, 2ul, 3ul], Kept().Select(record => record.Sequence));

        new Random(5).NextBytes(Memory);
        byte[] flash = _board.Image;
        _board = NewBoard();
        flash.CopyTo(_board.Image, 0);
        OpenWithLog();
        Assert.Equal(0, _board.Changes);
        Assert.Contains("black box: 3 crash records of former runs, this is run 2", _board.Lines());
        Crash(App, 2, StopReason.SystemError);
        Crash(BlackBoxLayout.Hypervisor, 0, 0);
        Assert.Equal([(1ul, 1ul), (2ul, 1ul), (3ul, 1ul), (4ul, 2ul), (5ul, 2ul)], Kept().Select(record => (record.Sequence, record.Run)));
        // What is in both shows once.
        Assert.Equal([1ul, 2ul, 3ul, 4ul, 5ul], BoxReader.WithLog(BoxReader.Read(Memory), Area).Records.Select(record => record.Sequence));
    }

    [Fact]
    public void A_bug_while_somebody_writes_flash_leaves_it_alone_and_what_flash_refuses_is_in_RAM()
    {
        OpenWithLog();
        SpinLock.Guard held = BoardUpdates<FakeArch>.Enter();
        Crash(BlackBoxLayout.Hypervisor, 0, 0);
        BoardUpdates<FakeArch>.Exit(held);
        Assert.Equal(0, _board.Changes);
        _board.FlashRefuses = true;
        Crash(App, 2, StopReason.SystemError);
        Assert.Empty(Kept());
        Assert.Equal(2, BoxReader.Read(Memory).Records.Count);
    }

    [Fact]
    public void Without_a_box_nothing_is_noted()
    {
        Recorder<FakeArch>.Note(0, TraceEvent.VcpuOn, 0);
        Assert.False(Recorder<FakeArch>.IsThere);
    }

    [Fact]
    public void Events_come_back_in_order_and_only_the_oldest_are_lost() =>
        Prop.ForAll(Gen.Choose(0, 400).ToArbitrary(), count =>
        {
            Reset();
            for (uint i = 0; i < count; i++)
                Recorder<FakeArch>.Note(1, TraceEvent.Exception, i, i * 3);
            IReadOnlyList<TraceEntry> events = BoxReader.Read(Memory).Runs[^1].Events[1];
            int kept = Math.Min(count, (int)(BlackBoxLayout.EventRingSize / TraceEntry.Size) - 1);
            return events.Count == kept && events.Select((entry, i) => (uint)entry.Code == (uint)(count - kept + i) && entry.Detail == (uint)entry.Code * 3ul).All(right => right);
        }).QuickCheckThrowOnFailure();

    // An exit's entry as assembly writes it, the time last, cut off after any number of words.
    [Fact]
    public void An_entry_that_was_never_finished_is_not_shown() =>
        Prop.ForAll(Gen.Choose(1, 300).Zip(Gen.Choose(0, 4)).ToArbitrary(), cut =>
        {
            (int whole, int words) = cut;
            byte[] ring = new byte[128 * TraceEntry.Size];
            Span<ulong> all = MemoryMarshal.Cast<byte, ulong>(ring.AsSpan());
            for (int i = 0; i <= whole; i++)
            {
                Span<ulong> entry = all.Slice(i % 128 * 4, 4);
                ulong[] values = [(ulong)i + 1, (ulong)i, (ulong)i, (ulong)i];
                foreach (int word in new[] { 3, 2, 1, 0 }.Take(i < whole ? 4 : words))
                    entry[word] = values[word];
            }
            return BoxReader.ReadRing(ring).All(entry => entry.Code == entry.Time - 1 && entry.Detail == entry.Code && entry.Pc == entry.Code);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_single_changed_bit_costs_that_record_and_no_other()
    {
        Open(true);
        Crash(Gateway, 0, StopReason.TripleFault);
        Crash(App, 2, StopReason.TripleFault);
        Random random = new(2);
        int place = (int)BlackBoxLayout.Record(App, 0);
        // Behind the checksum nothing is meant.
        int end = (int)Marshal.OffsetOf<CrashRecord>(nameof(CrashRecord.Checksum)) + 8;
        for (int round = 0; round < 2000; round++)
        {
            int at = place + random.Next(end), bit = 1 << random.Next(8);
            Memory[at] ^= (byte)bit;
            Assert.Equal((uint)Gateway, Assert.Single(BoxReader.Read(Memory).Records).Owner);
            Memory[at] ^= (byte)bit;
        }
        Assert.Equal(2, BoxReader.Read(Memory).Records.Count);
    }

    [Fact]
    public void Damage_and_truncation_never_throw()
    {
        Open(true);
        Crash(Gateway, 0, StopReason.TripleFault);
        byte[] sound = Memory.ToArray();
        Random random = new(3);
        for (int round = 0; round < 300; round++)
        {
            byte[] bytes = random.Next(4) == 0 ? sound[..random.Next(sound.Length)] : [.. sound];
            for (int change = random.Next(40); change > 0 && bytes.Length != 0; change--)
                bytes[random.Next(2) == 0 ? random.Next(bytes.Length) : random.Next(Math.Min(bytes.Length, 0x4000))] = (byte)random.Next(256);
            BoxContents box = BoxReader.Read(bytes);
            Assert.InRange(box.Records.Count, 0, 1);
        }
    }

    public void Dispose()
    {
        ResetStatics();
        NativeMemory.AlignedFree(_memory);
    }

    private static CoreBoard NewBoard()
    {
        CoreBoard board = new();
        board.UseSample([]);
        ResetStatics();
        return board;
    }

    private static void ResetStatics() => CoreBoard.Forget(typeof(Recorder<FakeArch>));

    private void Open(bool isTracing, ImageRange log = default)
    {
        _board.Table.Flags = (isTracing ? ApplianceFlags.Trace : 0) | (log.Size != 0 ? ApplianceFlags.CrashLog : 0);
        _board.Table.CrashArea = log;
        Recorder<FakeArch>.Open((ulong)_memory, TraceSource.Arm64);
    }

    private void OpenWithLog() => Open(false, new() { Offset = 6 * Samples.MiB, Size = CrashLog.Size });

    private ReadOnlySpan<byte> Area => _board.Image.AsSpan((int)(6 * Samples.MiB), (int)CrashLog.Size);

    private IReadOnlyList<CrashRecord> Kept() => BoxReader.WithLog(BoxReader.Read([]), Area).Records;

    private void Reset()
    {
        _board = NewBoard();
        Open(false);
    }

    private static void Say(int guest, string text)
    {
        foreach (char letter in text)
            BoardConsole<FakeArch>.Console.Write(guest, (byte)letter);
    }

    private static void Crash(int guest, int cpu, StopReason reason)
    {
        ref CrashRecord record = ref Recorder<FakeArch>.Begin(guest, ref FakeArch.Vcpu(cpu), (uint)reason, 0);
        record.Set(2, 0xabcd_0000ul + (uint)cpu);
        Recorder<FakeArch>.Commit(ref record, 0);
    }
}
