using Bulkhead.Memory;
using Bulkhead.Partitions;
using Bulkhead.X86.Guest;

namespace Bulkhead.X86.Svm;

/// <summary>A vCPU's registers as a reset and the ways to start leave them.</summary>
internal static class VmcbReset
{
    // In VmcbSegment's form.
    private const ushort FlatCode = 0xc9b, FlatData = 0xc93, FlatLongCode = 0xa9b;

    // Hidden from the guest; VMRUN wants it set (APM 2 15.5.1).
    public const ulong EferSvme = 1ul << 12;

    /// <summary>As a start-up IPI starts a CPU (APM 2 15.27.8): real mode at the vector's page.</summary>
    public static void Startup(ref Vmcb vmcb, uint vector)
    {
        Common(ref vmcb);
        vmcb.Cr0 = ResetValues.Cr0;
        vmcb.Cs = new((ushort)(vector << 8), ResetValues.RealCode, 0xffff, vector << 12);
        Data(ref vmcb, new(0, ResetValues.RealData, 0xffff, 0));
        vmcb.Tr = new(0, ResetValues.Tss, 0xffff, 0);
    }

    /// <summary>Flat 32-bit protected mode, paging off.</summary>
    public static void Protected(ref Vmcb vmcb, GuestPhys entry)
    {
        Common(ref vmcb);
        vmcb.Cr0 = ResetValues.Cr0Protected;
        vmcb.Cs = new(ResetValues.ProtectedCode, FlatCode, uint.MaxValue, 0);
        Data(ref vmcb, new(ResetValues.ProtectedData, FlatData, uint.MaxValue, 0));
        vmcb.Tr = new(0, ResetValues.Tss, 0x67, 0);
        vmcb.Rip = entry.Value;
    }

    /// <summary>64-bit mode on the package's page tables and GDT.</summary>
    public static void Long(ref Vmcb vmcb, GuestPhys entry, in PartitionCore guest)
    {
        Common(ref vmcb);
        vmcb.Cr0 = ResetValues.Cr0Long;
        vmcb.Cr4 = ResetValues.Cr4Pae;
        vmcb.Cr3 = guest.PageTables.Value;
        vmcb.Efer |= ResetValues.EferLong;
        vmcb.Gdtr = new(0, 0, PackageHeader.GdtSize - 1, guest.Gdt.Value);
        vmcb.Cs = new(ResetValues.LongCode, FlatLongCode, uint.MaxValue, 0);
        Data(ref vmcb, new(ResetValues.LongData, FlatData, uint.MaxValue, 0));
        vmcb.Tr = new(0, ResetValues.Tss, 0x67, 0);
        vmcb.Rip = entry.Value;
    }

    private static void Common(ref Vmcb vmcb)
    {
        vmcb.InterceptA &= ~InterceptA.Iret;
        vmcb.Efer = EferSvme;
        vmcb.Cr3 = 0;
        vmcb.Cr4 = 0;
        vmcb.Rip = 0;
        vmcb.Rsp = 0;
        vmcb.Rax = 0;
        vmcb.Rflags = ResetValues.Rflags;
        vmcb.Cpl = 0;
        vmcb.Cr2 = 0;
        vmcb.Dr6 = ResetValues.Dr6;
        vmcb.Dr7 = ResetValues.Dr7;
        vmcb.Pat = ResetValues.Pat;
        vmcb.DebugControl = vmcb.SpecCtrl = 0;
        vmcb.Gdtr = new(0, 0, 0xffff, 0);
        vmcb.Idtr = new(0, 0, 0xffff, 0);
        vmcb.Ldtr = new(0, ResetValues.Ldt, 0xffff, 0);
        vmcb.InterruptShadow = 0;
        vmcb.EventInjection = default;
        vmcb.ExitInterruptInfo = default;
        vmcb.Star = vmcb.Lstar = vmcb.Cstar = vmcb.Sfmask = vmcb.KernelGsBase = 0;
        vmcb.SysenterCs = vmcb.SysenterEsp = vmcb.SysenterEip = 0;
        vmcb.Clean = 0;
    }

    private static void Data(ref Vmcb vmcb, VmcbSegment segment)
    {
        vmcb.Ds = vmcb.Es = vmcb.Fs = vmcb.Gs = vmcb.Ss = segment;
    }
}
