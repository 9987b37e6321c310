namespace Bulkhead.X86.Memory;

/// <summary>IA32_VMX_EPT_VPID_CAP, MSR 48Ch (SDM 3 A.10).</summary>
public readonly struct EptCapabilities(ulong value)
{
    private const ulong WalkLength4 = 1ul << 6;
    private const ulong WriteBackTables = 1ul << 14;
    private const ulong Mid = 1ul << 16;
    private const ulong Gibibyte = 1ul << 17;
    private const ulong Invept = 1ul << 20;
    private const ulong InveptAll = 1ul << 26;
    private const ulong Needed = WalkLength4 | WriteBackTables | Invept | InveptAll;

    /// <summary>Pages of 2 MiB.</summary>
    public bool HasMidPages => (value & Mid) != 0;

    public bool HasGibibytePages => (value & Gibibyte) != 0;

    /// <summary>All that the hypervisor cannot do without: else it refuses VT-x on this CPU.</summary>
    public bool AreEnough => (value & Needed) == Needed;
}
