namespace Bulkhead.X86.Host;

/// <summary>Which CPU this is, by its stack: for the slow paths that are not handed their vCPU.</summary>
internal static class CurrentCpu
{
    public static int Index => (int)((Instruction.StackPointer() - Instruction.AddressOfCpuBlocks()) / HypervisorLayout.CpuBlockSize);
}
