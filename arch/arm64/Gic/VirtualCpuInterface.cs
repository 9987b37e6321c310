namespace Bulkhead.Arm64.Gic;

/// <summary>The books of one vCPU's list registers. Written by the CPU it is pinned to and by nobody else.</summary>
public struct VirtualCpuInterface
{
    /// <summary>
    /// List register 0 for a virtual timer interrupt, or zero while it must wait. The register is never used for
    /// anything else: the physical PPI stays active until the guest has deactivated it, so it is free when it fires.
    /// </summary>
    public ListRegister TimerTemplate;

    /// <summary>The timer waits too: something of a better priority does and has no list register.</summary>
    public bool TimerHeld;

    /// <summary>Banks that may hold interrupts which could be listed.</summary>
    public uint Backlog;

    /// <summary>List registers beside number 0.</summary>
    public uint Usable;

    /// <summary>List registers that stand for an interrupt whose Listed bit is set.</summary>
    public uint Assigned;

    /// <summary>Of those, the ones that took the pending latch with them; a level needs no giving back.</summary>
    public uint FromLatch;

    /// <summary>ICH_HCR_EL2 as last written.</summary>
    public ulong Control;

    /// <summary>The list registers as last written or published.</summary>
    public ListRegisterArray Shadow;

    /// <summary>The list register of each private interrupt that is listed.</summary>
    public InterruptBytes ListedIn;

    /// <summary>Active interrupts of this vCPU that lost their list register, and the banks that have any.</summary>
    public BankWords Spilled;
    public uint SpilledBanks;
}
