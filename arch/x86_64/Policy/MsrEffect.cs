namespace Bulkhead.X86.Policy;

/// <summary>What the caller of an MSR access still has to do; the first three are <see cref="Apic.ApicEffect"/>'s.</summary>
[System.Flags]
public enum MsrEffect : uint
{
    None = 0,

    /// <summary>#GP(0); nothing has changed.</summary>
    Fault = 1,
    Timer = 2,
    Mode = 4,

    /// <summary>IA32_EFER, which this has not touched: see <see cref="EferPolicy"/>.</summary>
    Efer = 8,

    /// <summary>The guest has said where a <see cref="PvClockTime"/> is to be (<see cref="VcpuMsrs.SystemTime"/>).</summary>
    SystemTime = 16,

    /// <summary>The guest wants a <see cref="PvWallClock"/> at the address it wrote.</summary>
    WallClock = 32,
}
