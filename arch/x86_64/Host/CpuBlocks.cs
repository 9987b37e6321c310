using System.Runtime.CompilerServices;
using Bulkhead.X86.Guest;

namespace Bulkhead.X86.Host;

/// <summary>
/// Each CPU's block: a guard page, the stack, the vCPU at its top, the CPU's tables, and the stacks of NMI, machine
/// check and faults, each above a guard page of its own (Boot/Layout.h).
/// </summary>
internal static unsafe class CpuBlocks
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref CpuTables Tables(int cpu) =>
        ref Unsafe.AsRef<CpuTables>((void*)(StartOf(cpu) + HypervisorLayout.CpuTablesOffset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref Vcpu Of(int cpu) => ref Unsafe.AsRef<Vcpu>((void*)(StartOf(cpu) + HypervisorLayout.VcpuOffset));

    /// <summary>Virtual address of the block's first byte, its first guard page.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong StartOf(int cpu) => Instruction.AddressOfCpuBlocks() + (ulong)(uint)cpu * HypervisorLayout.CpuBlockSize;
}
