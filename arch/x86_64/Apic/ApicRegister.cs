namespace Bulkhead.X86.Apic;

/// <summary>
/// The local APIC's registers by their offset in its page (Intel SDM vol 3, 11.4.1, table 11-1; AMD APM vol 2, 16.3.2).
/// The x2APIC's MSR of a register is 0x800 + offset / 16 (SDM 11.12.1.2).
/// </summary>
public static class ApicRegister
{
    public const uint Id = 0x020;
    public const uint Version = 0x030;
    public const uint Tpr = 0x080;
    public const uint Ppr = 0x0a0;
    public const uint Eoi = 0x0b0;
    public const uint Ldr = 0x0d0;
    public const uint Dfr = 0x0e0;
    public const uint Svr = 0x0f0;
    /// <summary>256 bits each, 32 in every 16 bytes.</summary>
    public const uint Isr = 0x100;
    public const uint Tmr = 0x180;
    public const uint Irr = 0x200;
    public const uint Esr = 0x280;
    public const uint Icr = 0x300;
    public const uint IcrHigh = 0x310;
    public const uint LvtTimer = 0x320;
    public const uint LvtThermal = 0x330;
    public const uint LvtPerformance = 0x340;
    public const uint LvtLint0 = 0x350;
    public const uint LvtLint1 = 0x360;
    public const uint LvtError = 0x370;
    public const uint InitialCount = 0x380;
    public const uint CurrentCount = 0x390;
    public const uint DivideConfiguration = 0x3e0;
    /// <summary>x2APIC only (SDM 11.12.11).</summary>
    public const uint SelfIpi = 0x3f0;

    // 11.5.1, the local vector table
    public const uint LvtMasked = 1 << 16;
    public const uint LvtTimerMode = 3 << 17;
    public const uint LvtPeriodic = 1 << 17;
    public const uint LvtTscDeadline = 2 << 17;

    /// <summary>SVR: APIC software enable (11.9).</summary>
    public const uint SvrEnabled = 1 << 8;

    // 11.5.3, ESR
    public const uint SendIllegalVector = 1 << 5;
    public const uint ReceiveIllegalVector = 1 << 6;
    public const uint IllegalRegister = 1 << 7;

    /// <summary>Vectors below are illegal (11.5.2).</summary>
    public const uint FirstVector = 16;
}
