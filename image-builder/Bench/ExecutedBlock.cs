namespace Bulkhead.ImageBuilder.Bench;

/// <summary>A run of instructions without a branch between them, executed once by one CPU.</summary>
/// <param name="Address">Of its first instruction, as the CPU sees it.</param>
public readonly record struct ExecutedBlock(int Cpu, ulong Address, int Instructions);
