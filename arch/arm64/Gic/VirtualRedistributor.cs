using System.Threading;

namespace Bulkhead.Arm64.Gic;

/// <summary>One vCPU's part of the GIC: private interrupts, list registers, inbox.</summary>
public struct VirtualRedistributor
{
    public VirtualCpuInterface Interface;
    public Inbox Inbox;
    public InterruptBank Private;

    /// <summary>The board CPU to kick.</summary>
    public int PhysicalCpu;

    /// <summary>0 while the vCPU is off: its list registers are empty and nobody answers for it.</summary>
    public uint Online;

    /// <summary>GICR_WAKER.ProcessorSleep.</summary>
    public uint Asleep;

    /// <summary>
    /// Whether an answer to a request is still to come. One that was made while the vCPU went off may stay in its inbox
    /// until it is on again: there is nothing it is about.
    /// </summary>
    public bool Owes(uint request) => (Volatile.Read(ref Inbox.Requests) & request) != 0 && Volatile.Read(ref Online) != 0;
}
