using System.Runtime.CompilerServices;
using System.Threading;
using Bulkhead.Memory;

namespace Bulkhead.Arm64.El2;

/// <summary>
/// Translation tables in the hypervisor's own pages, of either regime. TCR_EL2 and VTCR_EL2 make walks cacheable and
/// inner shareable, so entries need no cleaning, only DSB ISHST before a walk must see them (DDI 0487 D8.2.6, K11.5.3).
/// Invalidations are broadcast, and done when DSB ISH is (D8.16).
/// </summary>
internal readonly unsafe struct TableOps : IPageTableOps
{
    private readonly bool _isStage2;

    private TableOps(bool isStage2) => _isStage2 = isStage2;

    /// <summary>The EL2 regime has no ASID: every CPU hears of every change.</summary>
    public static TableOps El2 => new(false);

    /// <summary>
    /// TLBI reaches the VMID in VTTBR_EL2: whoever changes a guest's tables has that guest loaded
    /// (<see cref="Stage2Registers.Load"/>).
    /// </summary>
    public static TableOps Stage2 => new(true);

    public ulong Read(HostPhys entry) => Volatile.Read(ref At(entry));
    public void Write(HostPhys entry, ulong value) => Volatile.Write(ref At(entry), value);
    public void ZeroPage(HostPhys page) => Instruction.ZeroRange(HypervisorLayout.ToVirtual(page), PagePool.PageSize);

    public void Clean(HostPhys start, ulong bytes)
    {
    }

    public void CompleteWrites() => Instruction.DsbIshst();

    /// <summary>
    /// TLBI VAE2IS and IPAS2E1IS take the page's number; entries that combine both stages go by VMALLE1IS behind the
    /// latter (D8.16.5).
    /// </summary>
    public void Invalidate(ulong input)
    {
        if (_isStage2)
            Instruction.TlbiIpa(input >> 12);
        else
            Instruction.TlbiVaEl2(input >> 12);
    }

    public void InvalidateAll()
    {
        if (_isStage2)
            Instruction.TlbiVmallS12();
        else
            Instruction.TlbiAllEl2();
    }

    public void CompleteInvalidation() => Instruction.DsbIsh();
    public void Synchronize() => Instruction.Isb();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref ulong At(HostPhys entry) => ref Unsafe.AsRef<ulong>((void*)HypervisorLayout.ToVirtual(entry));
}
