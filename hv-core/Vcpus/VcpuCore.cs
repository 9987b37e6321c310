using System.Runtime.InteropServices;
using System.Threading;
using Bulkhead.Memory;
using Bulkhead.Partitions;

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
    /// <summary>When the hypervisor wants this CPU's timer for itself: the earliest of the three below (<see cref="Deadlines{TArch}"/>).</summary>
    public ulong Deadline;
    /// <summary>When to look after held console bytes, in clock counts; 0 for never.</summary>
    public ulong ConsoleDeadline;
    /// <summary>When to wake for whatever the CPU's own loop waits for; 0 for never.</summary>
    public ulong Alarm;
    /// <summary>When to look after its guest's watchdog, while this CPU's timer stands for it; 0 for never.</summary>
    public ulong WatchdogDeadline;

    /// <summary>The CPU's vCPU as the appliance table has it.</summary>
    public void AssignTo(int cpu)
    {
        Cpu = cpu;
        Guest = -1;
        for (int guest = 0; guest < ApplianceTables.GuestCount; guest++)
        {
            ref readonly GuestEntry entry = ref ApplianceTables.Guest(guest);
            for (int index = 0; index < entry.VcpuCount; index++)
            {
                if (entry.Cpu[index] != (uint)cpu)
                    continue;
                Guest = guest;
                Index = index;
            }
        }
    }

    /// <summary>Which vCPU of a guest this CPU runs; -1 when none.</summary>
    public int RunningIndexIn(int guest) => Guest == guest && Volatile.Read(ref Power) == (int)VcpuPower.On ? Index : -1;
}
