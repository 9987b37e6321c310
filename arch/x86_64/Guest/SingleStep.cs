namespace Bulkhead.X86.Guest;

/// <summary>A guest's own single step (SDM 3 17.3.1.4): behind an instruction that the hypervisor carried out it is the hypervisor's to raise.</summary>
internal static class SingleStep
{
    /// <summary>RFLAGS.TF.</summary>
    public const ulong TrapFlag = 1 << 8;

    /// <summary>DR6.BS.</summary>
    public const ulong Dr6 = 1 << 14;
}
