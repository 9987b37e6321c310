using Bulkhead.Memory;
using Bulkhead.Partitions;

namespace Bulkhead.X86.Svm;

/// <summary>A vCPU's registers as a reset and the ways to start leave them.</summary>
internal static class VmcbReset
{
    // APM 2 table 14-1, and the types of a segment in VmcbSegment's form.
    private const ulong Cr0Reset = 0x6000_0010, RflagsReset = 2, Dr6Reset = 0xffff_0ff0, Dr7Reset = 0x400, PatReset = 0x0007_0406_0007_0406;
    private const ushort RealCode = 0x09b, RealData = 0x093, FlatCode = 0xc9b, FlatData = 0xc93, LongCode = 0xa9b, Ldt = 0x082, Tss16 = 0x083, Tss32 = 0x08b;
    private const ulong Cr0Protected = 0x11, Cr0Long = 0x8000_0011, Cr4Pae = 0x20;

    // Hidden from the guest; VMRUN wants it set (APM 2 15.5.1).
    public const ulong EferSvme = 1ul << 12;
    private const ulong EferLong = 0x500;

    /// <summary>As a start-up IPI starts a CPU (APM 2 15.27.8): real mode at the vector's page.</summary>
    public static void Startup(ref Vmcb vmcb, uint vector)
    {
        Common(ref vmcb);
        vmcb.Cr0 = Cr0Reset;
        vmcb.Cs = new((ushort)(vector << 8), RealCode, 0xffff, vector << 12);
        Data(ref vmcb, new(0, RealData, 0xffff, 0));
        vmcb.Tr = new(0, Tss16, 0xffff, 0);
    }

    /// <summary>Flat 32-bit protected mode, paging off.</summary>
    public static void Protected(ref Vmcb vmcb, GuestPhys entry)
    {
        Common(ref vmcb);
        vmcb.Cr0 = Cr0Protected;
        vmcb.Cs = new(0x08, FlatCode, uint.MaxValue, 0);
        Data(ref vmcb, new(0x10, FlatData, uint.MaxValue, 0));
        vmcb.Tr = new(0, Tss32, 0x67, 0);
        vmcb.Rip = entry.Value;
    }

    /// <summary>64-bit mode on the package's page tables and GDT.</summary>
    public static void Long(ref Vmcb vmcb, GuestPhys entry, in PartitionCore guest)
    {
        Common(ref vmcb);
        vmcb.Cr0 = Cr0Long;
        vmcb.Cr4 = Cr4Pae;
        vmcb.Cr3 = guest.PageTables.Value;
        vmcb.Efer |= EferLong;
        vmcb.Gdtr = new(0, 0, PackageHeader.GdtSize - 1, guest.Gdt.Value);
        vmcb.Cs = new(0x10, LongCode, uint.MaxValue, 0);
        Data(ref vmcb, new(0x18, FlatData, uint.MaxValue, 0));
        vmcb.Tr = new(0, Tss32, 0x67, 0);
        vmcb.Rip = entry.Value;
    }

    private static void Common(ref Vmcb vmcb)
    {
        vmcb.Efer = EferSvme;
        vmcb.Cr3 = 0;
        vmcb.Cr4 = 0;
        vmcb.Rip = 0;
        vmcb.Rsp = 0;
        vmcb.Rax = 0;
        vmcb.Rflags = RflagsReset;
        vmcb.Cpl = 0;
        vmcb.Cr2 = 0;
        vmcb.Dr6 = Dr6Reset;
        vmcb.Dr7 = Dr7Reset;
        vmcb.Pat = PatReset;
        vmcb.DebugControl = 0;
        vmcb.Gdtr = new(0, 0, 0xffff, 0);
        vmcb.Idtr = new(0, 0, 0xffff, 0);
        vmcb.Ldtr = new(0, Ldt, 0xffff, 0);
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
