using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Report;

/// <summary>What the hypervisor keeps of an arm64 board.</summary>
/// <param name="Flash">Where the image is mapped.</param>
public sealed record Arm64BoardReport(ulong Flash, ulong Uart, uint UartIntid, ulong Gicd, ulong Gicr, ulong GicrStride)
{
    internal static Arm64BoardReport Of(in Arm64Board board) => new(
        board.Flash.Value, board.Uart.Value, board.UartIntId, board.Gicd.Value, board.Gicr.Value, board.GicrStride);
}
