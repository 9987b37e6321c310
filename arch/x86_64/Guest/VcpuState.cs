using System.Runtime.CompilerServices;
using Bulkhead.BlackBox;
using Bulkhead.X86.Decode;
using Bulkhead.X86.Svm;
using Bulkhead.X86.Vmx;

namespace Bulkhead.X86.Guest;

/// <summary>
/// The seam between the vendors, for everything but the exits' fast paths: a vCPU's state by the manual's names, kept
/// in its VMCB or VMCS. On the vCPU's own CPU.
/// </summary>
internal static class VcpuState
{
    private const ulong Cr0Protection = 1, RflagsVm86 = 1ul << 17, EferLongActive = 1ul << 10;
    // L and D of a code segment: bits 9 and 10 in the VMCB's form of attributes, 13 and 14 of access rights in a VMCS.
    private const uint SvmLong = 1u << 9, VmxLong = 1u << 13;

    private static bool IsSvm => VirtualMachine.Kind == VirtualizationKind.Svm;

    public static ulong Cr0(ref Vcpu vcpu) => IsSvm ? vcpu.Vmcb.Cr0 : ControlRegisters.ReadCr0();

    /// <summary>CR0 for a walk of the guest's tables, which none of the bits that VT-x holds on to is for.</summary>
    public static ulong WalkCr0(ref Vcpu vcpu) => IsSvm ? vcpu.Vmcb.Cr0 : Vmcs.Read(VmcsField.GuestCr0);

    /// <summary>For a walk too, behind <see cref="LoadRegisters"/>, as the next three are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong WalkCr4(ref Vcpu vcpu) => IsSvm ? vcpu.Vmcb.Cr4 : vcpu.VmxState.Cr4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong WalkCr3(ref Vcpu vcpu) => IsSvm ? vcpu.Vmcb.Cr3 : vcpu.VmxState.Cr3;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong WalkEfer(ref Vcpu vcpu) => IsSvm ? vcpu.Vmcb.Efer : vcpu.VmxState.Efer;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CpuMode Mode(ref Vcpu vcpu)
    {
        uint code = IsSvm ? vcpu.Vmcb.Cs.Attributes / SvmLong : (uint)vcpu.VmxState.CodeAccess / VmxLong;
        return (code & 1) != 0 && (WalkEfer(ref vcpu) & EferLongActive) != 0 ? CpuMode.Bits64 : LegacyMode(ref vcpu, code);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static CpuMode LegacyMode(ref Vcpu vcpu, uint code) =>
        (code & 2) != 0 && (WalkCr0(ref vcpu) & Cr0Protection) != 0 && (vcpu.Registers.Rflags & RflagsVm86) == 0 ? CpuMode.Bits32 : CpuMode.Bits16;

    public static ulong Cr2(ref Vcpu vcpu) => IsSvm ? vcpu.Vmcb.Cr2 : Host.Register.ReadCr2();

    public static ulong Cr3(ref Vcpu vcpu) => IsSvm ? vcpu.Vmcb.Cr3 : Vmcs.Read(VmcsField.GuestCr3);

    public static ulong Cr4(ref Vcpu vcpu) => IsSvm ? vcpu.Vmcb.Cr4 : ControlRegisters.ReadCr4();

    /// <summary>Of the last exit: EXITCODE, or the exit reason.</summary>
    public static ulong ExitReason(ref Vcpu vcpu) => IsSvm ? (ulong)vcpu.Vmcb.ExitCode : Vmcs.Read(VmcsField.ExitReason);

    /// <summary>As the guest reads it.</summary>
    public static ulong Efer(ref Vcpu vcpu) => IsSvm ? vcpu.Vmcb.Efer & ~VmcbReset.EferSvme : Vmcs.Read(VmcsField.GuestEfer);

    /// <summary>The value is one that a guest may write; LMA is what it was.</summary>
    public static void SetEfer(ref Vcpu vcpu, ulong value)
    {
        if (IsSvm)
            vcpu.Vmcb.Efer = value | VmcbReset.EferSvme;
        else
            Vmcs.Write(VmcsField.GuestEfer, value);
    }

    // SS.DPL is the privilege level in VMX (SDM 3 24.4.1).
    public static uint Cpl(ref Vcpu vcpu) => IsSvm ? vcpu.Vmcb.Cpl : (uint)Vmcs.Read(VmcsField.GuestSsAccess) >> 5 & 3;

    public static ulong SegmentBase(ref Vcpu vcpu, Segment segment) => IsSvm
        ? Unsafe.Add(ref vcpu.Vmcb.Es, (int)segment & 7).Base
        : Vmcs.Read(VmcsField.GuestEsBase + 2 * ((uint)segment & 7));

    /// <summary>What the exit left in the control block, into the vCPU's Registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LoadRegisters(ref Vcpu vcpu)
    {
        if (IsSvm)
        {
            ref Vmcb vmcb = ref vcpu.Vmcb;
            vcpu.Registers[GuestRegisters.Rax] = vmcb.Rax;
            vcpu.Registers[GuestRegisters.Rsp] = vmcb.Rsp;
            vcpu.Registers.Rip = vmcb.Rip;
            vcpu.Registers.Rflags = vmcb.Rflags;
        }
        else
        {
            Vmcs.LoadState(ref vcpu);
        }
    }

    public static void Inject(ref Vcpu vcpu, uint vector)
    {
        Recorder.Note(vcpu.Core.Cpu, TraceEvent.Exception, vector);
        if (IsSvm)
            vcpu.Vmcb.EventInjection = EventInjection.Exception(vector);
        else
            Vmcs.Write(VmcsField.EntryInterruptionInfo, InterruptionInfo.Exception(vector).Value);
    }

    public static void Inject(ref Vcpu vcpu, uint vector, uint errorCode)
    {
        Recorder.Note(vcpu.Core.Cpu, TraceEvent.Exception, vector, errorCode);
        if (IsSvm)
        {
            vcpu.Vmcb.EventInjection = EventInjection.Exception(vector, errorCode);
            return;
        }
        // Real mode pushes no error codes (SDM 3 26.2.1.3).
        bool hasCode = (ControlRegisters.ReadCr0() & Cr0Protection) != 0;
        Vmcs.Write(VmcsField.EntryInterruptionInfo, (hasCode ? InterruptionInfo.ExceptionWithCode(vector) : InterruptionInfo.Exception(vector)).Value);
        Vmcs.Write(VmcsField.EntryErrorCode, errorCode);
    }

    public static void InjectPageFault(ref Vcpu vcpu, in PageFault fault)
    {
        // VT-x leaves CR2 in the CPU; the hypervisor takes no page faults of its own.
        if (IsSvm)
            vcpu.Vmcb.Cr2 = fault.Address;
        else
            Host.Register.WriteCr2(fault.Address);
        Inject(ref vcpu, ExceptionVector.PageFault, (uint)fault.Code);
    }

    /// <summary>Behind an emulated instruction that began with RFLAGS.TF set.</summary>
    public static void RaiseSingleStep(ref Vcpu vcpu)
    {
        if (IsSvm)
        {
            SvmExits.Trap(ref vcpu.Vmcb);
            return;
        }
        // VT-x leaves DR6 in the CPU.
        Host.Register.WriteDr6(Host.Register.ReadDr6() | SingleStep.Dr6);
        Inject(ref vcpu, ExceptionVector.Debug);
    }

    /// <summary>CR8, which the VMCB keeps while the guest runs, into the local APIC's page; VT-x works on the page itself (TPR shadow).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LoadTaskPriority(ref Vcpu vcpu)
    {
        if (IsSvm)
            vcpu.Apic.Cr8 = vcpu.Vmcb.VirtualInterrupt.TaskPriority;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreTaskPriority(ref Vcpu vcpu)
    {
        if (IsSvm)
            vcpu.Vmcb.VirtualInterrupt = vcpu.Vmcb.VirtualInterrupt.WithTaskPriority(vcpu.Apic.Cr8);
    }
}
