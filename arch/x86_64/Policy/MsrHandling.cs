namespace Bulkhead.X86.Policy;

/// <summary>What happens to a guest's RDMSR or WRMSR that exits.</summary>
public enum MsrHandling
{
    /// <summary>#GP(0).</summary>
    Refused,

    /// <summary>Reads as a fixed value, ignores writes.</summary>
    Constant,

    /// <summary>Reads as the board's own, as far as the guest is concerned; ignores writes.</summary>
    Board,

    ApicBase,
    TscDeadline,
    X2Apic,
    SystemTime,
    WallClock,

    /// <summary>IA32_EFER: the world switch's.</summary>
    Efer,
}
