using System.Runtime;
using System.Runtime.CompilerServices;

namespace Bulkhead.Arm64.El2;

/// <summary>Which CPU this is, by its stack: for the slow paths that are not handed their vCPU.</summary>
internal static class CurrentCpu
{
    public static int Index => (int)((StackPointer() - Instruction.AddressOfCpuBlocks()) / HypervisorLayout.CpuBlockSize);

    /// <summary>Whose stack an address is on; the first CPU's where it is on none.</summary>
    public static int At(ulong stackPointer)
    {
        ulong index = (stackPointer - Instruction.AddressOfCpuBlocks()) / HypervisorLayout.CpuBlockSize;
        return index < HypervisorLayout.MaxCpus ? (int)index : 0;
    }

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "StackPointer")]
    private static extern ulong StackPointer();
}
