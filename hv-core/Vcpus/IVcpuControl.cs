namespace Bulkhead.Vcpus;

/// <summary>A CPU's vCPU from outside the guest. All but Kick are called on the vCPU's own CPU.</summary>
public interface IVcpuControl
{
    /// <summary>Interrupts another CPU: its vCPU looks at what was left for it.</summary>
    static abstract void Kick(int cpu);

    /// <summary>Sleeps until an interrupt comes and serves it.</summary>
    static abstract void Idle(ref VcpuCore vcpu);

    /// <summary>Serves the interrupts that are there, on a CPU that is busy for its guest before this runs.</summary>
    static abstract void Serve(ref VcpuCore vcpu);

    /// <summary>Puts the vCPU into its reset state, with the Entry and EntryArgument it was given, and readies its interrupts.</summary>
    static abstract void Reset(ref VcpuCore vcpu);

    /// <summary>Gives the CPU to the guest; the stack begins anew. Does not return.</summary>
    static abstract void Enter(ref VcpuCore vcpu);

    /// <summary>The CPU leaves its guest for good: its stack begins anew, in GuestLife.Run. Does not return.</summary>
    static abstract void Unwind(ref VcpuCore vcpu);

    /// <summary>No timer and no interrupt of the vCPU is left on this CPU.</summary>
    /// <param name="vcpu">The vCPU.</param>
    /// <param name="wasOn">Whether it was running.</param>
    static abstract void Quiesce(ref VcpuCore vcpu, bool wasOn);

    /// <summary>The vCPU's Deadline changed: the next timer interrupt comes no later.</summary>
    static abstract void UpdateTimer(ref VcpuCore vcpu, ulong now);
}
