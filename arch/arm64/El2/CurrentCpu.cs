using System.Runtime;
using System.Runtime.CompilerServices;

namespace Bulkhead.Arm64.El2;

/// <summary>Which CPU this is, by its stack: for the slow paths that are not handed their vCPU.</summary>
internal static class CurrentCpu
{
    public static int Index => (int)((StackPointer() - Instruction.AddressOfCpuBlocks()) / HypervisorLayout.CpuBlockSize);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "StackPointer")]
    private static extern ulong StackPointer();
}
