using System;

namespace Bulkhead.Boot;

/// <summary>A fact that board file and device tree disagree on, with both values; None if they agree.</summary>
public readonly struct BoardContradiction(BoardFact fact, ulong board, ulong tree)
{
    public readonly BoardFact Fact = fact;
    public readonly ulong Board = board;
    public readonly ulong Tree = tree;

    public ReadOnlySpan<byte> Name => Fact switch
    {
        BoardFact.CpuCount => "number of CPUs"u8,
        BoardFact.CpuId => "MPIDR of a CPU"u8,
        BoardFact.RamBase => "start of a RAM range"u8,
        BoardFact.RamEnd => "end of a RAM range"u8,
        BoardFact.Gicd => "address of the GIC distributor"u8,
        BoardFact.Gicr => "address of the GIC redistributors"u8,
        BoardFact.Uart => "address of the UART"u8,
        BoardFact.UartIntId => "INTID of the UART"u8,
        _ => "nothing"u8,
    };
}
