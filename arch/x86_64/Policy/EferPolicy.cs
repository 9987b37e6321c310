namespace Bulkhead.X86.Policy;

/// <summary>IA32_EFER as a guest may write it (SDM vol 3, 2.2.1; APM vol 2, 3.1.7).</summary>
public static class EferPolicy
{
    public const ulong Sce = 1 << 0, Lme = 1 << 8, Lma = 1 << 10, Nxe = 1 << 11, Svme = 1 << 12, Ffxsr = 1 << 14;

    private const ulong Paging = 1ul << 31;

    /// <summary>
    /// False is #GP(0): bits beside SCE, LME, LMA, NXE and FFXSR (SVME: no nesting), or LME changed while paging is on.
    /// LMA is the CPU's: what is written there counts for nothing.
    /// </summary>
    /// <param name="value">What the guest writes.</param>
    /// <param name="current">What it reads.</param>
    /// <param name="cr0">Its CR0.</param>
    public static bool IsValid(ulong value, ulong current, ulong cr0) =>
        (value & ~(Sce | Lme | Lma | Nxe | Ffxsr)) == 0 && ((cr0 & Paging) == 0 || ((value ^ current) & Lme) == 0);
}
