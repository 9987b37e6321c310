using System.Runtime;
using System.Runtime.CompilerServices;
using Bulkhead.Memory;
using Bulkhead.Partitions;
using Bulkhead.X86.Apic;
using Bulkhead.X86.Decode;
using Bulkhead.X86.Guest;
using Bulkhead.X86.Host;

namespace Bulkhead.X86.Vmx;

/// <summary>What VT-x says of an exit, brought to what both vendors share; one call per exit (Boot/Vmx.S).</summary>
internal static class VmxExits
{
    private const uint EntryFailed = 1u << 31;
    // Qualifications: I/O (SDM 3 table 27-5), control registers (27-3), EPT violations (27-7).
    private const ulong IoIn = 1 << 3, IoString = 1 << 4;
    private const ulong EptFetch = 1 << 2, EptLinearValid = 1 << 7, EptOfOperand = 1 << 8;
    private const uint ShadowBits = 3, BlockingByNmi = 8;
    private const ulong RflagsIf = 1ul << 9;

    [RuntimeExport("VmxExit")]
    private static void Handle(ref Vcpu vcpu)
    {
        uint reason = (uint)Vmcs.Read(VmcsField.ExitReason);
        uint vectoring = (uint)Vmcs.Read(VmcsField.IdtVectoringInfo);
        if ((reason & EntryFailed) != 0)
            Failed(ref vcpu, reason);
        InterruptionInfo interrupted = new(vectoring);
        // Not RIP's instruction wants a device, but the way to a handler: the IDT or the stack lies there.
        if (interrupted.IsValid && (reason & 0xffff) == (uint)VmxExitReason.EptViolation)
            GuestReport.Stop(ref vcpu, StopReason.DeliveryOutsideMemory, vectoring, new(Vmcs.Read(VmcsField.GuestPhysicalAddress)));
        Dispatch(ref vcpu, (VmxExitReason)(reason & 0xffff));
        if (interrupted.IsValid)
            Redeliver(interrupted);
        bool isMasked = (Vmcs.Read(VmcsField.GuestRflags) & RflagsIf) == 0;
        // What an emulator holds back from such a guest (Backstop, below) comes here: one that polls a device may exit
        // so often that the timer never does.
        if (isMasked)
            InterruptHandler.Handle(ref vcpu, Instruction.TakeInterrupt());
        ref VirtualLocalApic apic = ref vcpu.Apic;
        if (apic.Inbox.Requests != 0)
            GuestInterrupts.TakeInboxNow(ref vcpu);
        if (apic.HasPending || vcpu.NmiPending != 0 || (vcpu.ProcessorControls & Windows) != 0)
            Present(ref vcpu, ref apic);
        Backstop(ref vcpu, isMasked);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Dispatch(ref Vcpu vcpu, VmxExitReason reason)
    {
        switch (reason)
        {
            case VmxExitReason.ExternalInterrupt:
                InterruptHandler.Handle(ref vcpu, (uint)Vmcs.Read(VmcsField.ExitInterruptionInfo) & 0xff);
                return;
            case VmxExitReason.InterruptWindow:
            case VmxExitReason.NmiWindow:
            case VmxExitReason.TprBelowThreshold:
                return;
            case VmxExitReason.Cpuid:
                CpuidExit.Handle(ref vcpu);
                Advance(ref vcpu);
                return;
            case VmxExitReason.Rdmsr:
                ReadMsr(ref vcpu);
                return;
            case VmxExitReason.Wrmsr:
                WriteMsr(ref vcpu);
                return;
            case VmxExitReason.Io:
                Port(ref vcpu);
                return;
            case VmxExitReason.Vmcall:
                if (VcpuState.Cpl(ref vcpu) != 0)
                    break;
                vcpu.Registers[GuestRegisters.Rax] = Hypercall.Handle(ref vcpu, (uint)vcpu.Registers[GuestRegisters.Rax]);
                Advance(ref vcpu);
                return;
            case VmxExitReason.EptViolation:
                EptViolation(ref vcpu);
                return;
        }
        Seldom(ref vcpu, reason);
    }

    private static void ReadMsr(ref Vcpu vcpu)
    {
        if (!MsrExit.TryRead(ref vcpu, (uint)vcpu.Registers[GuestRegisters.Rcx], out ulong value))
        {
            VcpuState.Inject(ref vcpu, ExceptionVector.GeneralProtection, 0);
            return;
        }
        vcpu.Registers[GuestRegisters.Rax] = (uint)value;
        vcpu.Registers[GuestRegisters.Rdx] = value >> 32;
        Advance(ref vcpu);
    }

    private static void WriteMsr(ref Vcpu vcpu)
    {
        ulong value = (uint)vcpu.Registers[GuestRegisters.Rax] | vcpu.Registers[GuestRegisters.Rdx] << 32;
        if (MsrExit.TryWrite(ref vcpu, (uint)vcpu.Registers[GuestRegisters.Rcx], value))
            Advance(ref vcpu);
        else
            VcpuState.Inject(ref vcpu, ExceptionVector.GeneralProtection, 0);
    }

    private static void Port(ref Vcpu vcpu)
    {
        ulong qualification = Vmcs.Read(VmcsField.ExitQualification);
        uint port = (uint)(qualification >> 16) & 0xffff;
        uint bytes = ((uint)qualification & 7) + 1;
        if ((qualification & IoString) != 0)
        {
            VcpuState.LoadRegisters(ref vcpu);
            EmulatedExit.Port(ref vcpu);
            StoreRegisters(ref vcpu);
            return;
        }
        ulong rax = vcpu.Registers[GuestRegisters.Rax];
        if ((qualification & IoIn) != 0)
            vcpu.Registers[GuestRegisters.Rax] = PortExit.Merge(rax, PortExit.Read(ref vcpu, port, bytes), bytes);
        else
            PortExit.Write(ref vcpu, port, bytes, (uint)rax);
        Advance(ref vcpu);
    }

    private static void EptViolation(ref Vcpu vcpu)
    {
        ulong qualification = Vmcs.Read(VmcsField.ExitQualification);
        GuestPhys address = new(Vmcs.Read(VmcsField.GuestPhysicalAddress));
        VcpuState.LoadRegisters(ref vcpu);
        if ((qualification & EptFetch) != 0)
            GuestReport.Stop(ref vcpu, StopReason.InstructionFetchOutsideMemory, qualification, address);
        if ((qualification & (EptLinearValid | EptOfOperand)) == EptLinearValid)
            GuestReport.Stop(ref vcpu, StopReason.Stage2Fault, qualification, address);
        EmulatedExit.Memory(ref vcpu, address);
        StoreRegisters(ref vcpu);
    }

    private static void StoreRegisters(ref Vcpu vcpu)
    {
        Vmcs.Write(VmcsField.GuestRip, vcpu.Registers.Rip);
        Vmcs.Write(VmcsField.GuestRsp, vcpu.Registers[GuestRegisters.Rsp]);
        Vmcs.Write(VmcsField.GuestRflags, vcpu.Registers.Rflags);
        EndShadow();
    }

    private static void Advance(ref Vcpu vcpu)
    {
        Vmcs.Write(VmcsField.GuestRip, Vmcs.Read(VmcsField.GuestRip) + Vmcs.Read(VmcsField.ExitInstructionLength));
        EndShadow();
        if ((Vmcs.Read(VmcsField.GuestRflags) & SingleStep.TrapFlag) != 0)
            VcpuState.RaiseSingleStep(ref vcpu);
    }

    private static void EndShadow()
    {
        ulong interruptibility = Vmcs.Read(VmcsField.GuestInterruptibility);
        if ((interruptibility & ShadowBits) != 0)
            Vmcs.Write(VmcsField.GuestInterruptibility, interruptibility & ~(ulong)ShadowBits);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Seldom(ref Vcpu vcpu, VmxExitReason reason)
    {
        switch (reason)
        {
            case VmxExitReason.Exception:
                Exception(ref vcpu);
                return;
            case VmxExitReason.ControlRegister:
                ControlRegister(ref vcpu);
                return;
            case VmxExitReason.Xsetbv:
                // The CPU has checked the privilege level (SDM 3 25.1.2).
                if (ExtendedState.TrySet((uint)vcpu.Registers[GuestRegisters.Rcx],
                    (uint)vcpu.Registers[GuestRegisters.Rax] | vcpu.Registers[GuestRegisters.Rdx] << 32))
                    Advance(ref vcpu);
                else
                    VcpuState.Inject(ref vcpu, ExceptionVector.GeneralProtection, 0);
                return;
            case VmxExitReason.Invd:
            case VmxExitReason.Wbinvd:
                // The guest's RAM is coherent, and emptying the board's caches would be felt by its neighbours.
                Advance(ref vcpu);
                return;
            case VmxExitReason.Rdpmc:
                VcpuState.Inject(ref vcpu, ExceptionVector.GeneralProtection, 0);
                return;
            case VmxExitReason.PreemptionTimer:
                // Handle takes what was held back, for the guest's IF is still clear.
                return;
            case VmxExitReason.TripleFault:
                GuestReport.Stop(ref vcpu, StopReason.TripleFault, 0, default);
                return;
            case VmxExitReason.TaskSwitch:
                // VT-x leaves task switches to software, and no system that this product runs uses them.
                GuestReport.Stop(ref vcpu, StopReason.TaskSwitch, Vmcs.Read(VmcsField.ExitQualification), default);
                return;
            case VmxExitReason.EptMisconfiguration:
                GuestReport.Write(ref vcpu, (ulong)reason, new(Vmcs.Read(VmcsField.GuestPhysicalAddress)));
                System.Bug.Stop(System.BugKind.Assertion);
                return;
            default:
                // Instructions of features that CPUID does not show: VMX's own, GETSEC, MONITOR, ...; VMCALL above level 0.
                VcpuState.Inject(ref vcpu, ExceptionVector.InvalidOpcode);
                return;
        }
    }

    private static void Exception(ref Vcpu vcpu)
    {
        InterruptionInfo info = new((uint)Vmcs.Read(VmcsField.ExitInterruptionInfo));
        if (info.IsNmi)
        {
            // The exit took the NMI and blocks others until an IRET (SDM 3 27.5.5): our own handler has both.
            Vmcs.HandleNmi();
            return;
        }
        switch (info.Vector)
        {
            case ExceptionVector.Debug:
                // An exit leaves DR6 to software (SDM 3 27.1): the qualification has its new bits.
                Register.WriteDr6(Register.ReadDr6() & ~0xful | Vmcs.Read(VmcsField.ExitQualification) & 0x600f);
                VcpuState.Inject(ref vcpu, ExceptionVector.Debug);
                return;
            case ExceptionVector.AlignmentCheck:
                VcpuState.Inject(ref vcpu, ExceptionVector.AlignmentCheck, (uint)Vmcs.Read(VmcsField.ExitInterruptionErrorCode));
                return;
            default:
                GuestReport.Write(ref vcpu, info.Value, default);
                System.Bug.Stop(System.BugKind.Assertion);
                return;
        }
    }

    // SDM 3 table 27-3: register in bits 3:0, kind in 5:4, the general register in 11:8.
    private static void ControlRegister(ref Vcpu vcpu)
    {
        ulong qualification = Vmcs.Read(VmcsField.ExitQualification);
        byte register = (byte)(qualification >> 8 & 15);
        ulong value = register == GuestRegisters.Rsp ? Vmcs.Read(VmcsField.GuestRsp) : vcpu.Registers[register];
        bool done = (qualification & 0x3f) switch
        {
            0 => ControlRegisters.TryWriteCr0(ref vcpu, value),
            // LMSW sets the lowest four bits and cannot clear PE (SDM 2 LMSW).
            0x30 => ControlRegisters.TryWriteCr0(ref vcpu, ControlRegisters.ReadCr0() & ~0xeul | qualification >> 16 & 0xf),
            // CR4 exits only where VMXE would be set.
            _ => false,
        };
        if (done)
            Advance(ref vcpu);
        else
            VcpuState.Inject(ref vcpu, ExceptionVector.GeneralProtection, 0);
    }

    // The exit came between an event and its handler (SDM 3 27.2.4).
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Redeliver(InterruptionInfo interrupted)
    {
        if (new InterruptionInfo((uint)Vmcs.Read(VmcsField.EntryInterruptionInfo)).IsValid)
            return;
        Vmcs.Write(VmcsField.EntryInterruptionInfo, interrupted.ToDeliver.Value);
        if (interrupted.HasErrorCode)
            Vmcs.Write(VmcsField.EntryErrorCode, Vmcs.Read(VmcsField.IdtVectoringErrorCode));
        if (interrupted.IsSoftware)
            Vmcs.Write(VmcsField.EntryInstructionLength, Vmcs.Read(VmcsField.ExitInstructionLength));
        if (interrupted.IsNmi)
            Vmcs.Write(VmcsField.GuestInterruptibility, Vmcs.Read(VmcsField.GuestInterruptibility) & ~(ulong)BlockingByNmi);
    }

    private const ProcessorControls Windows = ProcessorControls.InterruptWindowExiting | ProcessorControls.NmiWindowExiting;

    /// <summary>Injects what can be taken now, and has the CPU exit when the guest is ready for what cannot.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Present(ref Vcpu vcpu, ref VirtualLocalApic apic)
    {
        ProcessorControls windows = 0;
        bool free = !new InterruptionInfo((uint)Vmcs.Read(VmcsField.EntryInterruptionInfo)).IsValid;
        ulong interruptibility = Vmcs.Read(VmcsField.GuestInterruptibility);
        if (vcpu.NmiPending != 0)
        {
            if (free && (interruptibility & (ShadowBits | BlockingByNmi)) == 0)
            {
                Vmcs.Write(VmcsField.EntryInterruptionInfo, InterruptionInfo.Nmi.Value);
                vcpu.NmiPending = 0;
                free = false;
            }
            else
            {
                windows |= (VmxControls.Pin & PinControls.VirtualNmis) != 0 ? ProcessorControls.NmiWindowExiting : ProcessorControls.InterruptWindowExiting;
            }
        }
        uint vector = apic.Deliverable();
        uint threshold = 0;
        if (vector != 0)
        {
            if (free && (interruptibility & ShadowBits) == 0 && (Vmcs.Read(VmcsField.GuestRflags) & RflagsIf) != 0)
            {
                Vmcs.Write(VmcsField.EntryInterruptionInfo, InterruptionInfo.External(vector).Value);
                apic.Accept(vector);
                vector = apic.Deliverable();
                if (vector != 0)
                    windows |= ProcessorControls.InterruptWindowExiting;
            }
            else
            {
                windows |= ProcessorControls.InterruptWindowExiting;
            }
        }
        else if (apic.HasPending && apic.HighestPending >> 4 > apic.HighestInService >> 4)
        {
            // Held back by the task priority alone: an exit when the guest lowers it.
            threshold = apic.HighestPending >> 4;
        }
        Vmcs.Write(VmcsField.TprThreshold, threshold);
        ProcessorControls controls = vcpu.ProcessorControls & ~Windows | windows;
        if (controls == vcpu.ProcessorControls)
            return;
        vcpu.ProcessorControls = controls;
        Vmcs.Write(VmcsField.ProcessorControls, (uint)controls);
    }

    /// <summary>
    /// Bochs 2.7 and 3.0 keep physical interrupts masked after an entry with the guest's IF clear until the guest changes
    /// it, so a loop with interrupts off would never exit; nor does an open interrupt window end the HLT behind an STI there
    /// (it does by SDM 3 25.2). The preemption timer does both, and bounds exactly that state.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Backstop(ref Vcpu vcpu, bool wanted)
    {
        bool isOn = (vcpu.PinControls & PinControls.PreemptionTimer) != 0;
        if (wanted || isOn)
            SetBackstop(ref vcpu, wanted, isOn);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void SetBackstop(ref Vcpu vcpu, bool wanted, bool isOn)
    {
        if (!VmxControls.HasPreemptionTimer)
            return;
        if (wanted)
            Vmcs.Write(VmcsField.PreemptionTimer, VmxControls.PreemptionMillisecond);
        if (wanted == isOn)
            return;
        vcpu.PinControls ^= PinControls.PreemptionTimer;
        Vmcs.Write(VmcsField.PinControls, (uint)vcpu.PinControls);
    }

    // A VMCS that VMX refuses is ours, not the guest's: no instruction of a guest leads to an invalid state.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Failed(ref Vcpu vcpu, uint reason)
    {
        GuestReport.Write(ref vcpu, reason, new(Vmcs.Read(VmcsField.ExitQualification)));
        System.Bug.Stop(System.BugKind.Assertion);
    }

    [RuntimeExport("VmxEntryFailed")]
    private static void EntryRefused(ref Vcpu vcpu) => Failed(ref vcpu, (uint)Vmcs.Read(VmcsField.InstructionError));
}
