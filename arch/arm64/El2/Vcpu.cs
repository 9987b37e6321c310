using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bulkhead.Vcpus;

namespace Bulkhead.Arm64.El2;

/// <summary>
/// One vCPU, pinned to one CPU. It stands at the top of that CPU's stack block; SP_EL2 points at it while the guest
/// runs, so its saved registers come first. Only its own CPU touches it, but for what VcpuCore says.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Vcpu
{
    public VcpuContext Context;
    /// <summary>Virtual address of the newest entry of this CPU's exit ring; 0 where exits are not traced (Boot/Vectors.S).</summary>
    public ulong Trace;
    public VcpuCore Core;
    /// <summary>Virtual address of the guest's Partition, so that an exit needs no lookup; 0 when there is none.</summary>
    public ulong PartitionAddress;
    /// <summary>What to write to ICC_SGI1R_EL1 to kick this CPU.</summary>
    public ulong KickValue;
    public PhysicalTimer Timer;
    /// <summary>An external abort was injected and the guest has not yet come far enough to show it took it.</summary>
    public ulong LastAbortElr;

    public readonly unsafe ref Partition Partition
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref Unsafe.AsRef<Partition>((void*)PartitionAddress);
    }
}
