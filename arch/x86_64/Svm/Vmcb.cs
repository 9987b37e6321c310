using System.Runtime.InteropServices;
using Bulkhead.Memory;

namespace Bulkhead.X86.Svm;

/// <summary>The virtual machine control block (APM 2, appendix B): what is used of its control area, then the state that is saved.</summary>
[StructLayout(LayoutKind.Explicit, Size = 4096)]
internal struct Vmcb
{
    /// <summary>Accesses to CR0..CR15: reads in the lower half, writes in the upper.</summary>
    [FieldOffset(0x000)] public uint ControlRegisterIntercepts;
    [FieldOffset(0x008)] public uint ExceptionIntercepts;
    [FieldOffset(0x00c)] public InterceptA InterceptA;
    [FieldOffset(0x010)] public InterceptB InterceptB;
    [FieldOffset(0x014)] public InterceptC InterceptC;
    [FieldOffset(0x040)] public HostPhys IoPermissionMap;
    [FieldOffset(0x048)] public HostPhys MsrPermissionMap;
    [FieldOffset(0x050)] public ulong TscOffset;
    [FieldOffset(0x058)] public uint Asid;
    [FieldOffset(0x05c)] public TlbControl TlbControl;
    /// <summary>Also V_INTR_VECTOR and, lowest, V_TPR.</summary>
    [FieldOffset(0x060)] public VirtualInterrupt VirtualInterrupt;
    /// <summary>Bit 0: the guest is in the shadow of STI or MOV SS.</summary>
    [FieldOffset(0x068)] public ulong InterruptShadow;
    [FieldOffset(0x070)] public SvmExitCode ExitCode;
    [FieldOffset(0x078)] public ulong ExitInfo1;
    [FieldOffset(0x080)] public ulong ExitInfo2;
    /// <summary>The event whose delivery the exit interrupted.</summary>
    [FieldOffset(0x088)] public EventInjection ExitInterruptInfo;
    /// <summary>Bit 0: nested paging.</summary>
    [FieldOffset(0x090)] public ulong NestedControl;
    /// <summary>The CPU takes what it delivered out again.</summary>
    [FieldOffset(0x0a8)] public EventInjection EventInjection;
    [FieldOffset(0x0b0)] public HostPhys NestedCr3;
    /// <summary>Which parts of this block the CPU may have kept since the last exit; 0 makes it read all.</summary>
    [FieldOffset(0x0c0)] public uint Clean;
    /// <summary>Where the guest goes on behind the intercepted instruction; 0 on CPUs without NRIPS.</summary>
    [FieldOffset(0x0c8)] public ulong NextRip;

    [FieldOffset(0x400)] public VmcbSegment Es;
    [FieldOffset(0x410)] public VmcbSegment Cs;
    [FieldOffset(0x420)] public VmcbSegment Ss;
    [FieldOffset(0x430)] public VmcbSegment Ds;
    [FieldOffset(0x440)] public VmcbSegment Fs;
    [FieldOffset(0x450)] public VmcbSegment Gs;
    [FieldOffset(0x460)] public VmcbSegment Gdtr;
    [FieldOffset(0x470)] public VmcbSegment Ldtr;
    [FieldOffset(0x480)] public VmcbSegment Idtr;
    [FieldOffset(0x490)] public VmcbSegment Tr;
    [FieldOffset(0x4cb)] public byte Cpl;
    [FieldOffset(0x4d0)] public ulong Efer;
    [FieldOffset(0x548)] public ulong Cr4;
    [FieldOffset(0x550)] public ulong Cr3;
    [FieldOffset(0x558)] public ulong Cr0;
    [FieldOffset(0x560)] public ulong Dr7;
    [FieldOffset(0x568)] public ulong Dr6;
    [FieldOffset(0x570)] public ulong Rflags;
    [FieldOffset(0x578)] public ulong Rip;
    [FieldOffset(0x5d8)] public ulong Rsp;
    [FieldOffset(0x5f8)] public ulong Rax;
    [FieldOffset(0x600)] public ulong Star;
    [FieldOffset(0x608)] public ulong Lstar;
    [FieldOffset(0x610)] public ulong Cstar;
    [FieldOffset(0x618)] public ulong Sfmask;
    [FieldOffset(0x620)] public ulong KernelGsBase;
    [FieldOffset(0x628)] public ulong SysenterCs;
    [FieldOffset(0x630)] public ulong SysenterEsp;
    [FieldOffset(0x638)] public ulong SysenterEip;
    [FieldOffset(0x640)] public ulong Cr2;
    [FieldOffset(0x668)] public ulong Pat;
    [FieldOffset(0x670)] public ulong DebugControl;
    /// <summary>The guest's own where the CPU keeps it apart from the host's (APM 2 15.38); unused elsewhere.</summary>
    [FieldOffset(0x6e0)] public ulong SpecCtrl;
}
