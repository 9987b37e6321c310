using System;
using Bulkhead.Diagnostics;

namespace Bulkhead.Boot;

/// <summary>A fact that the board file and the board itself disagree on, with both values; None if they agree.</summary>
public readonly struct BoardContradiction(BoardFact fact, ulong board, ulong found)
{
    public readonly BoardFact Fact = fact;
    public readonly ulong Board = board;
    public readonly ulong Found = found;

    public ReadOnlySpan<byte> Name => TextList.At(Names, (int)Fact);

    // In BoardFact's order.
    private static ReadOnlySpan<byte> Names =>
        "nothing\0"u8 +
        "number of CPUs\0"u8 +
        "MPIDR of a CPU\0"u8 +
        "start of a RAM range\0"u8 +
        "end of a RAM range\0"u8 +
        "address of the GIC distributor\0"u8 +
        "address of the GIC redistributors\0"u8 +
        "address of the UART\0"u8 +
        "INTID of the UART\0"u8 +
        "APIC id of the first CPU\0"u8 +
        "APIC id of a CPU\0"u8 +
        "address of the local APICs\0"u8 +
        "address of the I/O APIC\0"u8;
}
