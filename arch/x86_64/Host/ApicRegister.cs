namespace Bulkhead.X86.Host;

/// <summary>Offsets in the local APIC's page (SDM 3 table 11-1); as an MSR it is 800h and a sixteenth of it (11.12.1.2).</summary>
internal enum ApicRegister : uint
{
    Id = 0x020,
    Tpr = 0x080,
    Eoi = 0x0b0,
    Svr = 0x0f0,
    IcrLow = 0x300,
    IcrHigh = 0x310,
    LvtTimer = 0x320,
    LvtThermal = 0x330,
    LvtPerformance = 0x340,
    LvtLint0 = 0x350,
    LvtLint1 = 0x360,
    LvtError = 0x370,
    TimerInitialCount = 0x380,
    TimerCurrentCount = 0x390,
    TimerDivide = 0x3e0,
}
