using System.Runtime;
using System.Runtime.CompilerServices;
using Bulkhead.Memory;
using Bulkhead.Partitions;
using Bulkhead.X86.Apic;
using Bulkhead.X86.Decode;
using Bulkhead.X86.Guest;
using Bulkhead.X86.Host;

namespace Bulkhead.X86.Vmx;

/// <summary>What VT-x says of an exit, brought to what both vendors share; one call per exit (Boot/Vmx.S), the commonest of them in VmxHotExits.cs.</summary>
internal static class VmxExits
{
    private const uint EntryFailed = 1u << 31;
    private const uint ShadowBits = 3, BlockingByNmi = 8;

    [RuntimeExport("VmxExit")]
    private static void Handle(ref Vcpu vcpu, uint reason)
    {
        uint vectoring = (uint)Vmcs.Read(VmcsField.IdtVectoringInfo);
        if ((reason & EntryFailed) != 0)
            Failed(ref vcpu, reason);
        InterruptionInfo interrupted = new(vectoring);
        // Not RIP's instruction wants a device, but the way to a handler: the IDT or the stack lies there.
        if (interrupted.IsValid && (reason & 0xffff) == (uint)VmxExitReason.EptViolation)
            GuestReport.Stop(ref vcpu, StopReason.DeliveryOutsideMemory, vectoring, new(Vmcs.Read(VmcsField.GuestPhysicalAddress)));
        Seldom(ref vcpu, (VmxExitReason)(reason & 0xffff));
        if (interrupted.IsValid)
            Redeliver(interrupted);
        VmxInterrupts.ResumeSeldom(ref vcpu);
    }

    /// <summary>What the end of an instruction brings with it where it had a shadow or RFLAGS.TF.</summary>
    [RuntimeExport("VmxEndInstruction")]
    private static void EndInstruction(ref Vcpu vcpu)
    {
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
            case VmxExitReason.InterruptWindow:
            case VmxExitReason.NmiWindow:
            case VmxExitReason.TprBelowThreshold:
                return;
            case VmxExitReason.Exception:
                Exception(ref vcpu);
                return;
            case VmxExitReason.Io:
                // INS and OUTS: the others are VmxHotExits'.
                VcpuState.LoadRegisters(ref vcpu);
                EmulatedExit.Port(ref vcpu);
                Vmcs.StoreState(ref vcpu);
                EndShadow();
                return;
            case VmxExitReason.ControlRegister:
                ControlRegister(ref vcpu);
                return;
            case VmxExitReason.Xsetbv:
                // The CPU has checked the privilege level (SDM 3 25.1.2).
                if (ExtendedState.TrySet((uint)vcpu.Registers[GuestRegisters.Rcx],
                    (uint)vcpu.Registers[GuestRegisters.Rax] | vcpu.Registers[GuestRegisters.Rdx] << 32))
                    Vmcs.StepOver(ref vcpu);
                else
                    VcpuState.Inject(ref vcpu, ExceptionVector.GeneralProtection, 0);
                return;
            case VmxExitReason.Invd:
            case VmxExitReason.Wbinvd:
                // The guest's RAM is coherent, and emptying the board's caches would be felt by its neighbours.
                Vmcs.StepOver(ref vcpu);
                return;
            case VmxExitReason.Rdpmc:
                VcpuState.Inject(ref vcpu, ExceptionVector.GeneralProtection, 0);
                return;
            case VmxExitReason.PreemptionTimer:
                VmxBackstop.Expire(ref vcpu);
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
            Vmcs.StepOver(ref vcpu);
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
