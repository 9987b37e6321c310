using System.Runtime.InteropServices;
using Bulkhead.Memory;

namespace Bulkhead.Vcpus;

/// <summary>
/// One vCPU, pinned to one CPU, as the core sees it; an architecture's own vCPU contains it. Only its own CPU touches
/// it, but for Power, Entry and EntryArgument.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct VcpuCore
{
    /// <summary>Board index of the CPU.</summary>
    public int Cpu;
    /// <summary>Index of the guest, or -1 on a CPU nobody owns.</summary>
    public int Guest;
    /// <summary>Index among the guest's vCPUs.</summary>
    public int Index;
    /// <summary>VcpuPower, by Volatile and Interlocked only.</summary>
    public int Power;
    public GuestPhys Entry;
    public ulong EntryArgument;
    /// <summary>When to look after held console bytes, in clock counts; 0 for never.</summary>
    public ulong ConsoleDeadline;
}
