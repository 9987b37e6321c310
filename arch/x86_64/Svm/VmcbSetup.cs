using Bulkhead.Memory;
using Bulkhead.X86.Guest;

namespace Bulkhead.X86.Svm;

/// <summary>What of a VMCB never changes: what is intercepted, the maps, the nested tables.</summary>
internal static class VmcbSetup
{
    /// <summary>The guest's address space identifier. One vCPU to a CPU, so one value serves all; 0 is the host's.</summary>
    private const uint Asid = 1;
    private const ulong NestedPaging = 1;

    // HLT, PAUSE, CR and DR accesses, INVLPG, RDTSC and task switches are the guest's own business: its CPU is its own.
    private const InterceptA A =
        InterceptA.Intr | InterceptA.Nmi | InterceptA.Rdpmc | InterceptA.Cpuid | InterceptA.Invd | InterceptA.Invlpga
        | InterceptA.Ioio | InterceptA.Msr | InterceptA.FerrFreeze | InterceptA.Shutdown;

    private const InterceptB B =
        InterceptB.Vmrun | InterceptB.Vmmcall | InterceptB.Vmload | InterceptB.Vmsave | InterceptB.Stgi | InterceptB.Clgi
        | InterceptB.Skinit | InterceptB.Wbinvd | InterceptB.Monitor | InterceptB.Mwait | InterceptB.Xsetbv | InterceptB.Rdpru;

    private const InterceptC C = InterceptC.Invlpgb | InterceptC.IllegalInvlpgb | InterceptC.Mcommit | InterceptC.Tlbsync;

    public static void Run(ref Vmcb vmcb, HostPhys nestedTables, HostPhys ioMap, HostPhys msrMap)
    {
        vmcb.ExceptionIntercepts = ExceptionVector.Exiting;
        vmcb.InterceptA = A;
        vmcb.InterceptB = B;
        vmcb.InterceptC = C;
        vmcb.IoPermissionMap = ioMap;
        vmcb.MsrPermissionMap = msrMap;
        vmcb.Asid = Asid;
        vmcb.NestedControl = NestedPaging;
        vmcb.NestedCr3 = nestedTables;
        vmcb.TlbControl = TlbControl.FlushAll;
        vmcb.VirtualInterrupt = VirtualInterrupt.None(0);
    }
}
