namespace Bulkhead.ImageBuilder.Bench;

/// <summary>A run of instructions without a branch between them, executed once by one CPU.</summary>
/// <param name="Address">Of its first instruction, as the CPU sees it.</param>
/// <param name="Exit">The AMD-V exit that it is the first block after, if it is.</param>
public readonly record struct ExecutedBlock(int Cpu, ulong Address, int Instructions, SvmExit? Exit = null);
