namespace Bulkhead.X86.Apic;

/// <summary>What the virtual APICs need of the board.</summary>
public interface IApicHardware
{
    /// <summary>
    /// Makes a board CPU leave its guest and take its vCPU's inbox. What was written to memory before is visible to
    /// it: x86 keeps stores in order, an x2APIC's WRMSR needs a fence before (SDM vol 3, 11.12.3).
    /// </summary>
    static abstract void Kick(int physicalCpu);

    /// <summary>RDTSC on the calling CPU, without any guest's offset.</summary>
    static abstract ulong ReadTsc();

    /// <summary>The guest has ended a level-triggered interrupt that a board's GSI raised: that may come again.</summary>
    static abstract void EndPhysical(uint gsi);
}
