using System;
using Bulkhead.Boot;
using Bulkhead.Memory;
using Bulkhead.Partitions;
using Xunit;

namespace Bulkhead.Tests.Core;

public class DeviceTreeTests
{
    // What QEMU's virt hands over, as far as it matters.
    private static byte[] Tree(uint uart = 0x0900_0000, uint cpus = 4, uint gicd = 0x0800_0000, uint memory = 0x8000_0000)
    {
        TreeBuilder tree = new TreeBuilder().Begin("").Cells("#size-cells", 2).Cells("#address-cells", 2)
            .Text("compatible", "linux,dummy-virt");
        tree.Begin("psci").Text("method", "smc").End();
        tree.Begin("memory@40000000").Cells("reg", 0, 0x4000_0000, 0, memory).Text("device_type", "memory").End();
        tree.Begin("pl011@9000000").Text("clock-names", "uartclk\0apb_pclk").Cells("interrupts", 0, 1, 4)
            .Cells("reg", 0, uart, 0, 0x1000).Text("compatible", "arm,pl011\0arm,primecell").End();
        tree.Begin("pl011@9040000").Cells("reg", 0, 0x0904_0000, 0, 0x1000).Text("status", "disabled")
            .Text("compatible", "arm,pl011\0arm,primecell").End();
        tree.Begin("intc@8000000").Cells("reg", 0, gicd, 0, 0x1_0000, 0, 0x080a_0000, 0, 0xf6_0000)
            .Text("compatible", "arm,gic-v3").Cells("#address-cells", 2)
            .Begin("its@8080000").Text("compatible", "arm,gic-v3-its").Cells("reg", 0, 0x0808_0000, 0, 0x2_0000).End().End();
        tree.Nop().Begin("cpus").Cells("#size-cells", 0).Cells("#address-cells", 1);
        tree.Begin("cpu-map").Begin("cluster0").End().End();
        for (uint i = 0; i < cpus; i++)
            tree.Begin($"cpu@{i}").Cells("reg", i).Text("device_type", "cpu").End();
        tree.End();
        tree.Begin("bus").Cells("#address-cells", 1).Cells("#size-cells", 1).Cells("ranges", 0, 0, 0x1000_0000, 0x1000_0000)
            .Begin("uart@0").Cells("reg", 0, 0x1000).Text("compatible", "arm,pl011").End().End();
        tree.Begin("chosen").Cells("linux,initrd-start", 0x4800_0000).Cells("linux,initrd-end", 0, 0x4900_0000).End();
        return tree.End().Build();
    }

    [Fact]
    public void Reads_the_facts()
    {
        DeviceTreeFacts facts = default;
        byte[] tree = Tree();
        Assert.Equal(tree.Length, DeviceTreeReader.SizeOf(tree));
        Assert.Equal(DeviceTreeError.None, DeviceTreeReader.Read(tree, ref facts));
        Assert.Equal(1, facts.MemoryCount);
        Assert.Equal(0x4000_0000ul, facts.Memory[0].Base.Value);
        Assert.Equal(0x8000_0000ul, facts.Memory[0].Size);
        Assert.Equal(4, facts.CpuCount);
        Assert.Equal(3ul, facts.CpuId[3]);
        Assert.Equal(1, facts.UartCount);
        Assert.Equal(0x0900_0000ul, facts.Uart[0].Base.Value);
        Assert.Equal(33u, facts.Uart[0].IntId);
        Assert.True(facts.HasGic);
        Assert.Equal(0x0800_0000ul, facts.Gicd.Value);
        Assert.Equal(0x080a_0000ul, facts.Gicr.Value);
        Assert.True(facts.HasInitrd);
        Assert.Equal(0x4800_0000ul, facts.InitrdStart.Value);
        Assert.Equal(0x4900_0000ul, facts.InitrdEnd.Value);
        BoardFacts board = Samples.Table().Board;
        Assert.Equal(BoardFact.None, BoardCheck.Compare(in board, in facts).Fact);
    }

    public delegate void Mutate(ref BoardFacts board);

    public static TheoryData<BoardFact, ulong, ulong, Mutate> Contradictions => new()
    {
        { BoardFact.CpuCount, 5, 4, (ref b) => b.CpuCount = 5 },
        { BoardFact.CpuId, 0x100, 1, (ref b) => b.CpuId[1] = 0x100 },
        { BoardFact.RamBase, 0x2000_0000, 0x4000_0000, (ref b) => b.Ram[0].Base = new(0x2000_0000) },
        { BoardFact.RamEnd, 0xc000_1000, 0xc000_0000, (ref b) => b.Ram[0].Size += 0x1000 },
        { BoardFact.Gicd, 0x0801_0000, 0x0800_0000, (ref b) => b.Arm64.Gicd = new(0x0801_0000) },
        { BoardFact.Gicr, 0x080c_0000, 0x080a_0000, (ref b) => b.Arm64.Gicr = new(0x080c_0000) },
        { BoardFact.Uart, 0x0904_0000, 0x0900_0000, (ref b) => b.Arm64.Uart = new(0x0904_0000) },
        { BoardFact.UartIntId, 34, 33, (ref b) => b.Arm64.UartIntId = 34 },
    };

    [Theory]
    [MemberData(nameof(Contradictions))]
    public void Names_the_first_contradiction_with_both_values(BoardFact fact, ulong board, ulong tree, Mutate mutate)
    {
        DeviceTreeFacts facts = default;
        DeviceTreeReader.Read(Tree(), ref facts);
        BoardFacts lying = Samples.Table().Board;
        mutate(ref lying);
        BoardContradiction found = BoardCheck.Compare(in lying, in facts);
        Assert.Equal((fact, board, tree), (found.Fact, found.Board, found.Found));
        Assert.False(found.Name.SequenceEqual("nothing"u8));
    }

    [Fact]
    public void Memory_may_be_cut_anywhere()
    {
        DeviceTreeFacts facts = default;
        BoardFacts board = Samples.Table().Board;
        facts.MemoryCount = 3;
        facts.Memory[0] = Samples.Host(0x8000_0000, 0x4000_0000);
        facts.Memory[1] = Samples.Host(0x4000_0000, 0x1000_0000);
        facts.Memory[2] = Samples.Host(0x5000_0000, 0x3000_0000);
        Assert.Equal(BoardFact.None, BoardCheck.Compare(in board, in facts).Fact);
        facts.Memory[2].Size -= 0x1000;
        BoardContradiction found = BoardCheck.Compare(in board, in facts);
        Assert.Equal((BoardFact.RamEnd, 0x7fff_f000ul), (found.Fact, found.Found));
    }

    [Fact]
    public void Refuses_every_truncation()
    {
        byte[] tree = Tree();
        DeviceTreeFacts facts = default;
        for (int length = 0; length < tree.Length; length++)
            Assert.NotEqual(DeviceTreeError.None, DeviceTreeReader.Read(tree.AsSpan(0, length), ref facts));
        // And with a header that agrees with it.
        for (int length = 40; length < tree.Length; length++)
        {
            byte[] shorter = tree.AsSpan(0, length).ToArray();
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(shorter.AsSpan(4), (uint)length);
            Assert.NotEqual(DeviceTreeError.None, DeviceTreeReader.Read(shorter, ref facts));
        }
    }

    [Fact]
    public void Survives_every_flipped_bit_and_random_damage()
    {
        byte[] tree = Tree();
        DeviceTreeFacts facts = default;
        BoardFacts board = Samples.Table().Board;
        for (int bit = 0; bit < tree.Length * 8; bit++)
        {
            tree[bit / 8] ^= (byte)(1 << bit % 8);
            DeviceTreeReader.Read(tree, ref facts);
            BoardCheck.Compare(in board, in facts);
            tree[bit / 8] ^= (byte)(1 << bit % 8);
        }
        Random random = new(1);
        for (int round = 0; round < 50_000; round++)
        {
            byte[] damaged = (byte[])tree.Clone();
            for (int change = random.Next(1, 12); change > 0; change--)
            {
                int at = random.Next(damaged.Length / 4) * 4;
                damaged[at + random.Next(4)] = (byte)(random.Next(2) == 0 ? random.Next(256) : random.Next(16));
            }
            DeviceTreeReader.Read(damaged, ref facts);
            Assert.InRange(facts.CpuCount, 0, DeviceTreeFacts.MaxCpus);
            Assert.InRange(facts.MemoryCount, 0, DeviceTreeFacts.MaxMemory);
            BoardCheck.Compare(in board, in facts);
        }
    }

    [Fact]
    public void Too_many_of_anything_is_cut()
    {
        TreeBuilder tree = new TreeBuilder().Begin("").Cells("#size-cells", 1).Cells("#address-cells", 1);
        tree.Begin("cpus").Cells("#address-cells", 2).Cells("#size-cells", 0);
        for (uint i = 0; i < 100; i++)
            tree.Begin($"cpu@{i:x}").Cells("reg", 1, i).End();
        tree.End();
        for (uint i = 0; i < 20; i++)
            tree.Begin($"memory@{i}").Cells("reg", i << 12, 0x1000).End();
        for (uint i = 0; i < 20; i++)
            tree.Begin($"serial@{i}").Text("compatible", "arm,pl011").Cells("reg", i << 12, 0x1000).End();
        DeviceTreeFacts facts = default;
        Assert.Equal(DeviceTreeError.None, DeviceTreeReader.Read(tree.End().Build(), ref facts));
        Assert.Equal(DeviceTreeFacts.MaxCpus, facts.CpuCount);
        Assert.Equal(0x1_0000_0003ul, facts.CpuId[3]);
        Assert.Equal(DeviceTreeFacts.MaxMemory, facts.MemoryCount);
        Assert.Equal(DeviceTreeFacts.MaxUarts, facts.UartCount);
    }

    [Fact]
    public void Too_deep_is_refused()
    {
        TreeBuilder tree = new();
        for (int i = 0; i < 17; i++)
            tree.Begin(i == 0 ? "" : "node");
        for (int i = 0; i < 17; i++)
            tree.End();
        DeviceTreeFacts facts = default;
        Assert.Equal(DeviceTreeError.TooDeep, DeviceTreeReader.Read(tree.Build(), ref facts));
    }
}
