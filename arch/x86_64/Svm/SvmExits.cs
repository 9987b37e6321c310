using System.Runtime;
using System.Runtime.CompilerServices;
using Bulkhead.Memory;
using Bulkhead.Partitions;
using Bulkhead.X86.Apic;
using Bulkhead.X86.Decode;
using Bulkhead.X86.Guest;

namespace Bulkhead.X86.Svm;

/// <summary>What AMD-V says of an exit, brought to what both vendors share; one call per exit (Boot/Svm.S).</summary>
internal static class SvmExits
{
    // Instructions of one form, where the CPU does not say how long they are (no NRIPS).
    internal const ulong TwoBytes = 2;
    private const ulong ThreeBytes = 3;

    // IOIO's EXITINFO1 (APM 2 15.10.2) and the nested page fault's (15.25.6).
    private const int IoSizeShift = 4, IoPortShift = 16;
    private const ulong FaultFetch = 1 << 4, FaultInTables = 1ul << 33;

    /// <summary>Every exit but those that have an export of their own.</summary>
    [RuntimeExport("SvmExit")]
    private static void Handle(ref Vcpu vcpu, ref Vmcb vmcb)
    {
        SvmInterrupts.Accept(ref vcpu, ref vmcb);
        if (vmcb.ExitCode == SvmExitCode.NestedPageFault)
            NestedFault(ref vcpu, ref vmcb);
        else
            Seldom(ref vcpu, ref vmcb);
        if (vmcb.ExitInterruptInfo.IsValid)
            Redeliver(ref vmcb);
        SvmInterrupts.Resume(ref vcpu, ref vmcb);
    }

    [RuntimeExport("SvmCpuid")]
    private static void Cpuid(ref Vcpu vcpu, ref Vmcb vmcb)
    {
        vcpu.Registers[GuestRegisters.Rax] = vmcb.Rax;
        CpuidExit.Handle(ref vcpu);
        vmcb.Rax = vcpu.Registers[GuestRegisters.Rax];
        Advance(ref vmcb, TwoBytes);
    }

    [RuntimeExport("SvmVmmcall")]
    private static void Vmmcall(ref Vcpu vcpu, ref Vmcb vmcb)
    {
        if (vmcb.Cpl != 0)
        {
            vmcb.EventInjection = EventInjection.Exception(ExceptionVector.InvalidOpcode);
            return;
        }
        vmcb.Rax = Hypercall.Handle(ref vcpu, (uint)vmcb.Rax);
        Advance(ref vmcb, ThreeBytes);
        SvmInterrupts.Resume(ref vcpu, ref vmcb);
    }

    [RuntimeExport("SvmReadMsr")]
    private static void ReadMsr(ref Vcpu vcpu, ref Vmcb vmcb)
    {
        SvmInterrupts.Accept(ref vcpu, ref vmcb);
        vcpu.Apic.Cr8 = vmcb.VirtualInterrupt.TaskPriority;
        if (!MsrExit.TryRead(ref vcpu, (uint)vcpu.Registers[GuestRegisters.Rcx], out ulong value))
        {
            vmcb.EventInjection = EventInjection.Exception(ExceptionVector.GeneralProtection, 0);
            return;
        }
        vmcb.Rax = (uint)value;
        vcpu.Registers[GuestRegisters.Rdx] = value >> 32;
        Advance(ref vmcb, TwoBytes);
    }

    [RuntimeExport("SvmWriteMsr")]
    public static void WriteMsr(ref Vcpu vcpu, ref Vmcb vmcb, uint high, uint msr)
    {
        SvmInterrupts.Accept(ref vcpu, ref vmcb);
        vcpu.Apic.Cr8 = vmcb.VirtualInterrupt.TaskPriority;
        if (MsrExit.TryWrite(ref vcpu, msr, (uint)vmcb.Rax | (ulong)high << 32))
        {
            vmcb.VirtualInterrupt = vmcb.VirtualInterrupt.WithTaskPriority(vcpu.Apic.Cr8);
            Advance(ref vmcb, TwoBytes);
        }
        else
        {
            vmcb.EventInjection = EventInjection.Exception(ExceptionVector.GeneralProtection, 0);
        }
        SvmInterrupts.Resume(ref vcpu, ref vmcb);
    }

    // EXITINFO2 is where the guest goes on, with and without NRIPS.
    [RuntimeExport("SvmIn")]
    private static void In(ref Vcpu vcpu, ref Vmcb vmcb)
    {
        SvmInterrupts.Accept(ref vcpu, ref vmcb);
        uint info = (uint)vmcb.ExitInfo1;
        uint bytes = info >> IoSizeShift & 7;
        vmcb.Rax = PortExit.Merge(vmcb.Rax, PortExit.ReadInline(ref vcpu, info >> IoPortShift, bytes), bytes);
        vmcb.Rip = vmcb.ExitInfo2;
        EndInstruction(ref vmcb);
        SvmInterrupts.ResumeSoon(ref vcpu, ref vmcb);
    }

    [RuntimeExport("SvmOut")]
    private static void Out(ref Vcpu vcpu, ref Vmcb vmcb)
    {
        SvmInterrupts.Accept(ref vcpu, ref vmcb);
        uint info = (uint)vmcb.ExitInfo1;
        PortExit.WriteInline(ref vcpu, info >> IoPortShift, info >> IoSizeShift & 7, (uint)vmcb.Rax);
        vmcb.Rip = vmcb.ExitInfo2;
        EndInstruction(ref vmcb);
        SvmInterrupts.ResumeSoon(ref vcpu, ref vmcb);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void StringPort(ref Vcpu vcpu, ref Vmcb vmcb)
    {
        VcpuState.LoadRegisters(ref vcpu);
        EmulatedExit.Port(ref vcpu);
        Store(ref vcpu, ref vmcb);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void NestedFault(ref Vcpu vcpu, ref Vmcb vmcb)
    {
        ulong info = vmcb.ExitInfo1;
        GuestPhys address = new(vmcb.ExitInfo2);
        VcpuState.LoadRegisters(ref vcpu);
        if ((info & (FaultFetch | FaultInTables)) != 0)
            GuestReport.Stop(ref vcpu, (info & FaultInTables) != 0 ? StopReason.Stage2Fault : StopReason.InstructionFetchOutsideMemory, info, address);
        // Not RIP's instruction wants the device, but the way to a handler: the IDT or the stack lies there.
        if (vmcb.ExitInterruptInfo.IsValid)
            GuestReport.Stop(ref vcpu, StopReason.DeliveryOutsideMemory, info, address);
        EmulatedExit.Memory(ref vcpu, address);
        Store(ref vcpu, ref vmcb);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(ref Vcpu vcpu, ref Vmcb vmcb)
    {
        vmcb.Rax = vcpu.Registers[GuestRegisters.Rax];
        vmcb.Rsp = vcpu.Registers[GuestRegisters.Rsp];
        vmcb.Rip = vcpu.Registers.Rip;
        vmcb.Rflags = vcpu.Registers.Rflags;
        vmcb.InterruptShadow = 0;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Seldom(ref Vcpu vcpu, ref Vmcb vmcb)
    {
        switch (vmcb.ExitCode)
        {
            case SvmExitCode.Ioio:
                StringPort(ref vcpu, ref vmcb);
                return;
            case SvmExitCode.Nmi:
                // Pending until the window: a board that stops sends it.
                SvmInterrupts.Interrupt(ref vcpu, ref vmcb, SvmCpu.TakeInterrupt());
                return;
            case SvmExitCode.DebugException:
                // DR6 and DR7 are as the exception left them (APM 2 15.12.2).
                if (SvmNmi.IsGuests(ref vcpu, ref vmcb))
                    vmcb.EventInjection = EventInjection.Exception(ExceptionVector.Debug);
                return;
            case SvmExitCode.Iret:
                SvmNmi.Return(ref vcpu, ref vmcb);
                return;
            case SvmExitCode.AlignmentCheck:
                vmcb.EventInjection = EventInjection.Exception(ExceptionVector.AlignmentCheck, 0);
                return;
            case SvmExitCode.Xsetbv:
                if (vmcb.Cpl == 0 && ExtendedState.TrySet((uint)vcpu.Registers[GuestRegisters.Rcx], (uint)vmcb.Rax | vcpu.Registers[GuestRegisters.Rdx] << 32))
                    Advance(ref vmcb, ThreeBytes);
                else
                    vmcb.EventInjection = EventInjection.Exception(ExceptionVector.GeneralProtection, 0);
                return;
            case SvmExitCode.Invd:
            case SvmExitCode.Wbinvd:
                // The guest's RAM is coherent, and emptying the board's caches would be felt by its neighbours.
                Advance(ref vmcb, TwoBytes);
                return;
            case SvmExitCode.Rdpmc:
                vmcb.EventInjection = EventInjection.Exception(ExceptionVector.GeneralProtection, 0);
                return;
            case SvmExitCode.Shutdown:
                GuestReport.Stop(ref vcpu, StopReason.TripleFault, 0, default);
                return;
            // A state that no instruction of the guest leads to: ours is wrong. A machine check is the board's.
            case SvmExitCode.Invalid:
            case SvmExitCode.MachineCheck:
                GuestReport.Write(ref vcpu, (ulong)vmcb.ExitCode, default);
                System.Bug.Stop(System.BugKind.Assertion);
                return;
            default:
                // Instructions of features that CPUID does not show: SVM's own, MONITOR, RDPRU, ...; VMMCALL above level 0.
                vmcb.EventInjection = EventInjection.Exception(ExceptionVector.InvalidOpcode);
                return;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Advance(ref Vmcb vmcb, ulong bytes)
    {
        Skip(ref vmcb, bytes);
        EndInstruction(ref vmcb);
    }

    /// <summary>Past an instruction that is not single-stepped.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Skip(ref Vmcb vmcb, ulong bytes)
    {
        ulong next = vmcb.NextRip;
        if (next == 0)
            next = vmcb.Rip + bytes;
        vmcb.Rip = next;
        vmcb.InterruptShadow = 0;
    }

    // STI's shadow is one instruction long, and RFLAGS.TF wants its #DB behind each, for the CPU did not carry it out.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void EndInstruction(ref Vmcb vmcb)
    {
        vmcb.InterruptShadow = 0;
        if ((vmcb.Rflags & SingleStep.TrapFlag) != 0)
            Trap(ref vmcb);
    }

    /// <summary>The #DB of a single step (APM 2 13.1.4).</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Trap(ref Vmcb vmcb)
    {
        vmcb.Dr6 |= SingleStep.Dr6;
        vmcb.EventInjection = EventInjection.Exception(ExceptionVector.Debug);
    }

    // The exit came between an event and its handler (APM 2 15.7.2), as those with an export of their own never do.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Redeliver(ref Vmcb vmcb)
    {
        if (!vmcb.ExitInterruptInfo.IsSoftware && !vmcb.EventInjection.IsValid)
            vmcb.EventInjection = vmcb.ExitInterruptInfo;
        vmcb.ExitInterruptInfo = default;
    }
}
