using System;
using Bulkhead.Boot;
using Bulkhead.Memory;
using Bulkhead.Partitions;
using Bulkhead.Tests.Core;
using Bulkhead.X86.Firmware;
using Xunit;

namespace Bulkhead.Tests.Firmware;

public class PcBoardCheckTests
{
    public delegate void Mutate(ref BoardFacts board);

    private static BoardFacts Board()
    {
        BoardFacts board = default;
        board.Architecture = CpuArchitecture.X86_64;
        board.CpuCount = 2;
        board.CpuId[1] = 2;
        board.RamRangeCount = 1;
        board.Ram[0] = Samples.Host(0x20_0000, 0x3000_0000);
        board.X86.LocalApic = new HostPhys(0xfee0_0000);
        board.X86.IoApic = new HostPhys(0xfec0_0000);
        return board;
    }

    private static BoardContradiction Compare(in BoardFacts board, uint bootCpu = 0)
    {
        LoaderFacts loader = new() { MemoryCount = 2 };
        loader.Memory[0] = Samples.Host(0x10_0000, 0x1000_0000);
        loader.Memory[1] = Samples.Host(0x1010_0000, 0x2020_0000);
        AcpiFacts acpi = new() { CpuCount = 3, IoApicCount = 1, LocalApic = new HostPhys(0xfee0_0000) };
        acpi.CpuId[1] = 2;
        acpi.CpuId[2] = 4;
        acpi.IoApic[0].Address = new HostPhys(0xfec0_0000);
        return PcBoardCheck.Compare(in board, in loader, in acpi, bootCpu);
    }

    public static TheoryData<BoardFact, ulong, ulong, Mutate> Contradictions => new()
    {
        { BoardFact.BootCpu, 4, 0, (ref b) => b.CpuId[0] = 4 },
        { BoardFact.CpuCount, 4, 3, (ref b) => b.CpuCount = 4 },
        { BoardFact.ApicId, 1, 2, (ref b) => b.CpuId[1] = 1 },
        { BoardFact.LocalApic, 0xfee1_0000, 0xfee0_0000, (ref b) => b.X86.LocalApic = new(0xfee1_0000) },
        { BoardFact.IoApic, 0xfec1_0000, 0xfec0_0000, (ref b) => b.X86.IoApic = new(0xfec1_0000) },
        { BoardFact.RamBase, 0xe_0000, 0x10_0000, (ref b) => b.Ram[0].Base = new(0xe_0000) },
        { BoardFact.RamEnd, 0x3030_1000, 0x3030_0000, (ref b) => b.Ram[0].Size = 0x3010_1000 },
    };

    [Fact]
    public void A_board_that_says_less_is_no_contradiction()
    {
        BoardFacts board = Board();
        Assert.Equal(BoardFact.None, Compare(in board).Fact);
    }

    [Theory]
    [MemberData(nameof(Contradictions))]
    public void Names_the_first_contradiction_with_both_values(BoardFact fact, ulong board, ulong found, Mutate mutate)
    {
        BoardFacts lying = Board();
        mutate(ref lying);
        BoardContradiction contradiction = Compare(in lying);
        Assert.Equal((fact, board, found), (contradiction.Fact, contradiction.Board, contradiction.Found));
        Assert.False(contradiction.Name.IsEmpty || contradiction.Name.SequenceEqual("nothing"u8));
    }
}
