using Bulkhead.Memory;
using Bulkhead.Partitions;
using Bulkhead.X86.Guest;

namespace Bulkhead.X86.Vmx;

/// <summary>A vCPU's registers as a reset and the ways to start leave them, in its VMCS.</summary>
internal static class VmcsReset
{
    // Access rights in the form of SDM 3 table 24-2.
    private const uint FlatCode = 0xc09b, FlatData = 0xc093, FlatLongCode = 0xa09b;

    /// <summary>As a start-up IPI starts a CPU (SDM 3 9.4.4): real mode at the vector's page.</summary>
    public static void Startup(uint vector)
    {
        Common(ResetValues.Cr0, 0, 0, 0);
        Code(vector << 8, vector << 12, 0xffff, ResetValues.RealCode);
        Data(0, 0xffff, ResetValues.RealData);
        Segment(VmcsField.GuestTrSelector, 0, 0, 0xffff, ResetValues.Tss);
    }

    /// <summary>Flat 32-bit protected mode, paging off.</summary>
    public static void Protected(GuestPhys entry)
    {
        Common(ResetValues.Cr0Protected, 0, 0, 0);
        Code(ResetValues.ProtectedCode, 0, uint.MaxValue, FlatCode);
        Data(ResetValues.ProtectedData, uint.MaxValue, FlatData);
        Segment(VmcsField.GuestTrSelector, 0, 0, 0x67, ResetValues.Tss);
        Vmcs.Write(VmcsField.GuestRip, entry.Value);
    }

    /// <summary>64-bit mode on the package's page tables and GDT.</summary>
    public static void Long(GuestPhys entry, in PartitionCore guest)
    {
        Common(ResetValues.Cr0Long, ResetValues.Cr4Pae, guest.PageTables.Value, ResetValues.EferLong);
        Vmcs.Write(VmcsField.GuestGdtrBase, guest.Gdt.Value);
        Vmcs.Write(VmcsField.GuestGdtrLimit, PackageHeader.GdtSize - 1);
        Code(ResetValues.LongCode, 0, uint.MaxValue, FlatLongCode);
        Data(ResetValues.LongData, uint.MaxValue, FlatData);
        Segment(VmcsField.GuestTrSelector, 0, 0, 0x67, ResetValues.Tss);
        Vmcs.Write(VmcsField.GuestRip, entry.Value);
    }

    private static void Common(ulong cr0, ulong cr4, ulong cr3, ulong efer)
    {
        ControlRegisters.Reset(cr0, cr4);
        Vmcs.Write(VmcsField.GuestCr3, cr3);
        Vmcs.Write(VmcsField.GuestEfer, efer);
        Vmcs.Write(VmcsField.EntryControls, (uint)(VmxControls.Entry | (efer != 0 ? EntryControls.LongModeGuest : 0)));
        Vmcs.Write(VmcsField.GuestRip, 0);
        Vmcs.Write(VmcsField.GuestRsp, 0);
        Vmcs.Write(VmcsField.GuestRflags, ResetValues.Rflags);
        Vmcs.Write(VmcsField.GuestDr7, ResetValues.Dr7);
        Vmcs.Write(VmcsField.GuestPat, ResetValues.Pat);
        Vmcs.Write(VmcsField.GuestDebugControl, 0);
        Vmcs.Write(VmcsField.GuestPendingDebug, 0);
        Vmcs.Write(VmcsField.GuestInterruptibility, 0);
        Vmcs.Write(VmcsField.GuestActivity, 0);
        Vmcs.Write(VmcsField.GuestSysenterCs, 0);
        Vmcs.Write(VmcsField.GuestSysenterEsp, 0);
        Vmcs.Write(VmcsField.GuestSysenterEip, 0);
        Vmcs.Write(VmcsField.GuestGdtrBase, 0);
        Vmcs.Write(VmcsField.GuestGdtrLimit, 0xffff);
        Vmcs.Write(VmcsField.GuestIdtrBase, 0);
        Vmcs.Write(VmcsField.GuestIdtrLimit, 0xffff);
        Segment(VmcsField.GuestLdtrSelector, 0, 0, 0xffff, ResetValues.Ldt);
        Vmcs.Write(VmcsField.EntryInterruptionInfo, 0);
        Vmcs.Write(VmcsField.TprThreshold, 0);
    }

    private static void Code(uint selector, ulong start, uint limit, uint access) =>
        Segment(VmcsField.GuestCsSelector, selector, start, limit, access);

    private static void Data(uint selector, uint limit, uint access)
    {
        Segment(VmcsField.GuestEsSelector, selector, 0, limit, access);
        Segment(VmcsField.GuestSsSelector, selector, 0, limit, access);
        Segment(VmcsField.GuestDsSelector, selector, 0, limit, access);
        Segment(VmcsField.GuestFsSelector, selector, 0, limit, access);
        Segment(VmcsField.GuestGsSelector, selector, 0, limit, access);
    }

    // Selector, limit, access rights and base of one register have the same place in their groups (SDM 3, appendix B).
    private static void Segment(VmcsField selector, uint value, ulong start, uint limit, uint access)
    {
        ulong index = selector - VmcsField.GuestEsSelector;
        Vmcs.Write(selector, value);
        Vmcs.Write(VmcsField.GuestEsLimit + index, limit);
        Vmcs.Write(VmcsField.GuestEsAccess + index, access);
        Vmcs.Write(VmcsField.GuestEsBase + index, start);
    }
}
