using Bulkhead.ImageBuilder.Layout;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Report;

/// <summary>The board as the table has it: what the hypervisor compares with what firmware tells it.</summary>
/// <param name="Architecture">`arm64` or `x86_64`; which of the last two is there.</param>
/// <param name="BlackBox">RAM that a reset leaves alone, for crash records; null where the board has none.</param>
/// <param name="Cpus">MPIDR affinity or local APIC id of each CPU, in board order.</param>
public sealed record BoardReport(
    string Name, string Architecture, IReadOnlyList<ulong> Cpus, IReadOnlyList<RangeReport> Ram, RangeReport HypervisorRam, RangeReport? BlackBox, ulong ImageSize,
    Arm64BoardReport? Arm64, X86BoardReport? X86)
{
    internal static BoardReport Of(in BoardFacts board)
    {
        ulong[] cpus = ((ReadOnlySpan<ulong>)board.CpuId)[..(int)board.CpuCount].ToArray();
        HostRange[] ram = ((ReadOnlySpan<HostRange>)board.Ram)[..(int)board.RamRangeCount].ToArray();
        return new BoardReport(
            Names.Text(board.Name), Words.Of(board.Architecture), cpus, [.. ram.Select(range => RangeReport.Of(range))],
            RangeReport.Of(board.HypervisorRam), board.BlackBox.Size == 0 ? null : RangeReport.Of(board.BlackBox), board.ImageSize,
            board.Architecture == CpuArchitecture.Arm64 ? Arm64BoardReport.Of(in board.Arm64) : null,
            board.Architecture == CpuArchitecture.X86_64 ? X86BoardReport.Of(in board.X86) : null);
    }
}
