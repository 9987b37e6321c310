namespace Bulkhead.X86.Policy;

/// <summary>
/// XCR0 (SDM vol 1, 13.3): which extended state a guest may turn on. The hypervisor uses none of it and a vCPU is
/// pinned, so the state stays in its CPU's registers and nothing is switched.
/// </summary>
public static class XcrPolicy
{
    public const ulong X87 = 1, Sse = 2, Avx = 4, Avx512 = 7 << 5, Pkru = 1 << 9;

    /// <summary>Those that are kept are below it.</summary>
    public const uint Components = 10;

    private const uint StateLeaf = 0xd;

    /// <summary>Kept where the board has them. Hidden: MPX (withdrawn), AMX (asks for XFD), supervisor state.</summary>
    public const ulong Kept = X87 | Sse | Avx | Avx512 | Pkru;

    /// <summary>
    /// What a guest may set on this board. A component without a size is none: Bochs 2.7 has PKRU in its XCR0 and says
    /// nothing of where XSAVE puts it, which kernels rightly take for a broken XSAVE.
    /// </summary>
    public static ulong Find<TCpuid>() where TCpuid : struct, ICpuid
    {
        if (TCpuid.Read(0, 0).Eax < StateLeaf || (TCpuid.Read(1, 0).Ecx & CpuidPolicy.Xsave) == 0)
            return 0;
        ulong found = TCpuid.Read(StateLeaf, 0).Eax & Kept;
        for (uint i = 2; i < Components; i++)
        {
            if (TCpuid.Read(StateLeaf, i).Eax == 0)
                found &= ~(1ul << (int)i);
        }
        return (found & Avx512) == Avx512 ? found : found & ~Avx512;
    }

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
