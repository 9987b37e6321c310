using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bulkhead.Memory;

namespace Bulkhead.Arm64.El2;

/// <summary>
/// One vCPU, pinned to one CPU. It stands at the top of that CPU's stack block; SP_EL2 points at it while the guest
/// runs, so its saved registers come first. Only its own CPU touches it, but for Power, Entry and EntryArgument.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Vcpu
{
    public VcpuContext Context;
    /// <summary>Board index of the CPU.</summary>
    public int Cpu;
    /// <summary>Index of the guest, or -1 on a CPU nobody owns.</summary>
    public int Guest;
    /// <summary>Virtual address of the guest's Partition, so that an exit needs no lookup; 0 when Guest is -1.</summary>
    public ulong PartitionAddress;
    /// <summary>Index among the guest's vCPUs; Aff0 of its MPIDR.</summary>
    public int Index;
    /// <summary>VcpuPower, by Volatile and Interlocked only.</summary>
    public int Power;
    public GuestPhys Entry;
    public ulong EntryArgument;
    /// <summary>What to write to ICC_SGI1R_EL1 to kick this CPU.</summary>
    public ulong KickValue;
    public PhysicalTimer Timer;
    /// <summary>When to look after held console bytes, in counter ticks; 0 for never.</summary>
    public ulong ConsoleDeadline;
    /// <summary>An external abort was injected and the guest has not yet come far enough to show it took it.</summary>
    public ulong LastAbortElr;

    public readonly unsafe ref Partition Partition
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref Unsafe.AsRef<Partition>((void*)PartitionAddress);
    }
}
