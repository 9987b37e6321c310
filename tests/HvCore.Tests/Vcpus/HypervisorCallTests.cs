using System;
using System.Linq;
using Bulkhead.Partitions;
using Bulkhead.Vcpus;
using Xunit;

namespace Bulkhead.Tests.Core;

/// <summary>The hypervisor's own calls, and which vCPU a CPU has.</summary>
[Collection(CoreBoard.Tests)]
public class HypervisorCallTests
{
    private const ulong Start = 0x4000_0000;
    private static readonly Samples.Segment[] Segments = [new(SegmentKind.Kernel, Start, new byte[4096])];

    private static CoreBoard Board()
    {
        CoreBoard board = new();
        board.UseSample(Samples.Slot(1 << 20, Segments));
        return board;
    }

    private static ulong Call(CoreBoard board, int cpu, uint function, ulong first = 0, ulong second = 0) =>
        HypervisorCall<FakeArch>.Handle(ref board.Vcpus[cpu], function, first, second);

    [Fact]
    public void The_caller_learns_who_it_is_and_what_there_is()
    {
        CoreBoard board = Board();
        Assert.Equal((1ul, 1ul), (Call(board, 0, 0xc600_0010), Call(board, 0, 0xc600_0011)));
        Assert.Equal((1ul, 1ul, 2ul), (Call(board, 0, 0xc600_0012), Call(board, 1, 0xc600_0012), Call(board, 2, 0xc600_0012)));
        foreach (uint none in (uint[])[0, 0xc600_000f, 0xc600_0014, 0xffff_ffff])
            Assert.Equal(ulong.MaxValue, Call(board, 0, none));
        Assert.Empty(board.Calls);
    }

    [Fact]
    public void A_console_write_takes_the_guests_own_bytes_at_most_4096_of_them()
    {
        CoreBoard board = Board();
        "hello"u8.CopyTo(board.Ram.AsSpan(16));
        Assert.Equal(5ul, Call(board, 0, 0xc600_0013, Start + 16, 5));
        Assert.Equal(["console 0 68656C6C6F"], board.Calls);
        Assert.Equal(4096ul, Call(board, 0, 0xc600_0013, Start, 5000));
    }

    [Fact]
    public void A_console_write_that_leaves_the_guests_memory_is_refused_whole()
    {
        CoreBoard board = Board();
        GuestMapping ram = board.Partitions[0].Entry.Mapping[0];
        ulong end = ram.Guest.Value + ram.Size;
        foreach ((ulong address, ulong bytes) in new (ulong, ulong)[] { (0, 1), (Start - 1, 2), (end, 1), (end - 10, 11), (end - 5000, 5001), (Start, ulong.MaxValue), (ulong.MaxValue, 2) })
            Assert.Equal(ulong.MaxValue - 1, Call(board, 0, 0xc600_0013, address, bytes));
        Assert.Empty(board.Calls);
    }

    [Fact]
    public void A_CPU_has_the_vCPU_that_the_table_pins_to_it()
    {
        CoreBoard board = Board();
        for (int cpu = 0; cpu < board.Vcpus.Length; cpu++)
        {
            VcpuCore vcpu = default;
            vcpu.AssignTo(cpu);
            var owners = from guest in Enumerable.Range(0, (int)board.Table.GuestCount)
                         from index in Enumerable.Range(0, (int)board.Table.Guest[guest].VcpuCount)
                         where board.Table.Guest[guest].Cpu[index] == (uint)cpu
                         select (guest, index);
            (int, int)[] owner = [.. owners];
            Assert.Equal(cpu, vcpu.Cpu);
            Assert.Equal(owner.Length == 0 ? -1 : owner.Single().Item1, vcpu.Guest);
            Assert.Equal(-1, vcpu.RunningIndexIn(vcpu.Guest));
            vcpu.Power = (int)VcpuPower.On;
            if (owner.Length != 0)
                Assert.Equal((owner[0].Item2, -1), (vcpu.RunningIndexIn(vcpu.Guest), vcpu.RunningIndexIn(vcpu.Guest + 1)));
        }
    }
}
