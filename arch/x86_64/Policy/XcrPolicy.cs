namespace Bulkhead.X86.Policy;

/// <summary>
/// XCR0 (SDM vol 1, 13.3): which extended state a guest may turn on. The hypervisor uses none of it and a vCPU is
/// pinned, so the state stays in its CPU's registers and nothing is switched.
/// </summary>
public static class XcrPolicy
{
    public const ulong X87 = 1, Sse = 2, Avx = 4, Avx512 = 7 << 5, Pkru = 1 << 9;

    /// <summary>Kept where the board has them. Hidden: MPX (withdrawn), AMX (asks for XFD), supervisor state.</summary>
    public const ulong Kept = X87 | Sse | Avx | Avx512 | Pkru;

    /// <summary>XSETBV of XCR0: false is #GP(0) (SDM vol 2, XSETBV; vol 1, 13.3).</summary>
    /// <param name="value">What the guest writes.</param>
    /// <param name="supported">What its CPUID.Dh shows.</param>
    public static bool IsValid(ulong value, ulong supported)
    {
        if ((value & ~supported) != 0 || (value & X87) == 0 || (value & (Sse | Avx)) == Avx)
            return false;
        ulong wide = value & Avx512;
        return wide == 0 || wide == Avx512 && (value & Avx) != 0;
    }
}
