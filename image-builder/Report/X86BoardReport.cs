using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Report;

/// <summary>What the hypervisor keeps of a PC.</summary>
public sealed record X86BoardReport(ulong LocalApic, ulong IoApic, uint UartPort, uint UartGsi, uint DiskPort, uint DiskControlPort)
{
    internal static X86BoardReport Of(in X86Board board) => new(
        board.LocalApic.Value, board.IoApic.Value, board.UartPort, board.UartGsi, board.DiskPort, board.DiskControlPort);
}
