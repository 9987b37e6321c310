using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using Bulkhead.Devices;
using Bulkhead.X86.Apic;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Bulkhead.Tests.Apic;

public sealed class LocalApicTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public void It_does_what_the_manual_says(uint vcpus)
    {
        Property property = Prop.ForAll(Arb.From(Gen.Choose(0, int.MaxValue).ArrayOf(), Shrink), steps =>
        {
            LocalApicModel guest = new(vcpus);
            foreach (int step in steps)
                guest.Do(step);
            return (guest.Failure == null).Label($"{guest.Failure}: {string.Join("; ", guest.Trace)}");
        });
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(200).WithStartSize(20).WithEndSize(300), property);
    }

    internal static IEnumerable<int[]> Shrink(int[] steps)
    {
        for (int size = steps.Length / 2; size > 0; size /= 2)
        {
            for (int start = 0; start + size <= steps.Length; start += size)
                yield return [.. steps[..start], .. steps[(start + size)..]];
        }
    }

    /// <summary>Boot/Vmx.S looks behind the page before each entry: Boot/Layout.h's APIC_PENDING and APIC_INBOX.</summary>
    [Fact]
    public void What_waits_stands_where_assembly_looks()
    {
        FakeApics board = new(1);
        ref VirtualLocalApic apic = ref board.Apic(0);
        apic.Page.At(ApicRegister.Svr) = 0x1ff;
        Assert.Equal((0u, 0u), (Word(ref apic, 0x1020), Word(ref apic, 0x1070)));
        apic.Raise(0x40);
        Assert.Equal((1u << 2, 0u), (Word(ref apic, 0x1020), Word(ref apic, 0x1070)));
        apic.Inbox.Post(0x80);
        Assert.Equal((1u << 2, 1u << 4), (Word(ref apic, 0x1020), Word(ref apic, 0x1070)));

        static uint Word(ref VirtualLocalApic apic, nint offset) =>
            Unsafe.As<VirtualLocalApic, uint>(ref Unsafe.AddByteOffset(ref apic, offset));
    }

    [Fact]
    public void Which_MSRs_can_be_read()
    {
        FakeApics board = new(1);
        board.StartInX2Apic();
        // SDM vol 3, table 11-6: what is reserved or write-only.
        uint[] readable = [2, 3, 8, 0xa, 0xd, 0xf, .. Range(0x10, 24), 0x28, 0x30, .. Range(0x32, 6), 0x38, 0x39, 0x3e];
        for (uint index = 0; index < 64; index++)
            Assert.Equal(readable.Contains(index), board.TryReadMsr(0, index << 4, out _));

        static IEnumerable<uint> Range(uint first, int count) => Enumerable.Range((int)first, count).Select(i => (uint)i);
    }

    [Fact]
    public void Upper_halves_are_reserved()
    {
        FakeApics board = new(1);
        board.StartInX2Apic();
        for (uint index = 0; index < 64; index++)
        {
            if (index != 0x30)
                Assert.Equal(ApicEffect.Fault, board.WriteMsr(0, index << 4, 1ul << 32));
        }
        Assert.Equal(ApicEffect.Fault, board.WriteMsr(0, ApicRegister.Icr, 1 << 12));
    }

    [Fact]
    public void No_MSRs_in_xAPIC_mode()
    {
        FakeApics board = new(1);
        Assert.True(board.Apic(0).HasPage);
        Assert.False(board.TryReadMsr(0, ApicRegister.Id, out _));
        Assert.False(board.TryReadMsr(0, ApicRegister.Ppr, out _));
        Assert.Equal(ApicEffect.Fault, board.WriteMsr(0, ApicRegister.Eoi, 0));
        Assert.Equal(0xfee0_0900u, board.Apic(0).Base);
    }

    [Theory]
    [InlineData(1ul << 12)]
    [InlineData(1ul << 36)]
    [InlineData(1ul << 8)]
    [InlineData(1ul << 9)]
    public void The_page_does_not_move(ulong changed)
    {
        FakeApics board = new(2);
        ref VirtualLocalApic apic = ref board.Apic(1);
        Assert.Equal(ApicEffect.Fault, LocalApicRegisters<FakeApics.Hardware>.WriteBase(ref apic, apic.Base ^ changed));
    }

    [Fact]
    public void Every_access_to_the_page_is_survived()
    {
        FakeApics board = new(2);
        for (uint offset = 0; offset < 0x1000; offset++)
        {
            foreach (AccessSize size in new[] { AccessSize.Byte, AccessSize.HalfWord, AccessSize.Word, AccessSize.DoubleWord })
            {
                uint before = LocalApicRegisters<FakeApics.Hardware>.ReadPage(ref board.Apic(0), offset, size);
                LocalApicRegisters<FakeApics.Hardware>.WritePage(ref board.State, ref board.Apic(0), offset, size, 0x1ff);
                if ((offset & 15) != 0 || size != AccessSize.Word)
                    Assert.Equal(0u, before);
            }
        }
    }

    [Fact]
    public void A_periodic_timer_keeps_its_pace()
    {
        FakeApics board = new(1);
        board.StartInX2Apic();
        board.WriteMsr(0, ApicRegister.LvtTimer, ApicRegister.LvtPeriodic | 0x40);
        board.WriteMsr(0, ApicRegister.DivideConfiguration, 0xb);
        board.Tsc = 1000;
        Assert.Equal(ApicEffect.Timer, board.WriteMsr(0, ApicRegister.InitialCount, 100));
        ref VirtualLocalApic apic = ref board.Apic(0);
        Assert.Equal(1100u, apic.TimerDeadline);
        apic.ExpireTimer(1099);
        Assert.Equal(0u, apic.Deliverable());
        apic.ExpireTimer(1130);
        Assert.Equal(0x40u, apic.Deliverable());
        Assert.Equal(1200u, apic.TimerDeadline);
        // Nobody looked for a long time: one interrupt, and the phase is kept.
        apic.ExpireTimer(1_000_050);
        Assert.Equal(1_000_100u, apic.TimerDeadline);
    }

    [Fact]
    public void Of_periods_shorter_than_their_exit_some_have_no_interrupt_and_all_are_counted()
    {
        FakeApics board = new(1);
        board.StartInX2Apic();
        ref VirtualLocalApic apic = ref board.Apic(0);
        apic.LeastPeriod = 250;
        board.WriteMsr(0, ApicRegister.LvtTimer, ApicRegister.LvtPeriodic | 0x40);
        board.WriteMsr(0, ApicRegister.DivideConfiguration, 0xb);
        board.Tsc = 1000;
        board.WriteMsr(0, ApicRegister.InitialCount, 100);
        apic.ExpireTimer(1110);
        Assert.Equal((0x40u, 1400ul), (apic.Deliverable(), apic.TimerDeadline));
        foreach ((ulong now, ulong left) in new (ulong, ulong)[] { (1110, 90), (1199, 1), (1200, 100), (1350, 50), (1399, 1) })
        {
            board.Tsc = now;
            Assert.True(board.TryReadMsr(0, ApicRegister.CurrentCount, out ulong count));
            Assert.Equal(left, count);
        }
    }

    // Two senders and the owner, each a thread: every vector that was sent is taken after it was sent.
    [Fact]
    public void Nothing_is_lost_between_CPUs()
    {
        FakeApics board = new(3);
        board.StartInX2Apic();
        const int total = 50_000;
        int[] sent = new int[256];
        bool stop = false;
        Thread[] senders = [.. Enumerable.Range(1, 2).Select(cpu => new Thread(() =>
        {
            board.Use();
            for (int i = 0; i < total; i++)
            {
                uint vector = (uint)(32 + i * 7 % 100 + 100 * (cpu - 1));
                // One at a time of each vector, so that each must be seen.
                while (Volatile.Read(ref sent[vector]) != 0)
                {
                    if (Volatile.Read(ref stop))
                        return;
                    Thread.Yield();
                }
                Volatile.Write(ref sent[vector], 1);
                board.WriteMsr((uint)cpu, ApicRegister.Icr, vector);
            }
        }))];
        foreach (Thread sender in senders)
            sender.Start();
        int taken = 0;
        long deadline = System.Environment.TickCount64 + 600_000;
        ref VirtualLocalApic apic = ref board.Apic(0);
        while (taken < 2 * total && System.Environment.TickCount64 < deadline)
        {
            bool kicked;
            lock (board.Kicked)
                kicked = board.Kicked.Remove(10);
            if (!kicked)
                continue;
            Assert.Equal(0u, apic.Take());
            for (uint vector; (vector = apic.Deliverable()) != 0; taken++)
            {
                apic.Accept(vector);
                Assert.Equal(vector, apic.End());
                Assert.Equal(1, Interlocked.Exchange(ref sent[vector], 0));
            }
        }
        Volatile.Write(ref stop, true);
        foreach (Thread sender in senders)
            sender.Join();
        Assert.Equal(2 * total, taken);
    }
}
