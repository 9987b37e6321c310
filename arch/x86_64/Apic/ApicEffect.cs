namespace Bulkhead.X86.Apic;

/// <summary>What the caller of a register write still has to do.</summary>
[System.Flags]
public enum ApicEffect : uint
{
    None = 0,

    /// <summary>#GP(0) in the stead of the write; nothing has changed.</summary>
    Fault = 1,

    /// <summary><see cref="VirtualLocalApic.TimerDeadline"/> changed: the host's timer must follow it.</summary>
    Timer = 2,

    /// <summary>IA32_APIC_BASE changed between disabled, xAPIC and x2APIC: CPUID.1:EDX[9] and the page's mapping follow.</summary>
    Mode = 4,
}
