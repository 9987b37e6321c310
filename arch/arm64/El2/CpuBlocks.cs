using System.Runtime.CompilerServices;

namespace Bulkhead.Arm64.El2;

/// <summary>Each CPU's block: a guard page, the stack, and the vCPU at its top (Boot/Entry.S).</summary>
internal static unsafe class CpuBlocks
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref Vcpu Of(int cpu) =>
        ref Unsafe.AsRef<Vcpu>((void*)(StartOf(cpu) + HypervisorLayout.VcpuOffset));

    /// <summary>Virtual address of the block's first byte, its guard page.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong StartOf(int cpu) => Instruction.AddressOfCpuBlocks() + (ulong)(uint)cpu * HypervisorLayout.CpuBlockSize;
}
