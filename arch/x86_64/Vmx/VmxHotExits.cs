using System.Runtime;
using System.Runtime.CompilerServices;
using Bulkhead.X86.Apic;
using Bulkhead.X86.Decode;
using Bulkhead.X86.Guest;
using Bulkhead.X86.Host;

namespace Bulkhead.X86.Vmx;

/// <summary>
/// The exits that guests make all the time, told apart in Boot/Vmx.S, which hands over the one field that each of them
/// wants. None of them comes between an event and its handler (SDM 3 27.2.4), so there is nothing to deliver again.
/// </summary>
internal static class VmxHotExits
{
    // The exit's qualification (SDM 3 table 27-5), and DPL in SS's access rights, which is the privilege level (24.4.1).
    private const int PortShift = 16;
    private const uint PrivilegeLevel = 3 << 5;
    private const ulong Cr0Protection = 1;

    [RuntimeExport("VmxCpuid")]
    private static void Cpuid(ref Vcpu vcpu)
    {
        CpuidExit.Handle(ref vcpu);
        Vmcs.StepOver(ref vcpu);
    }

    [RuntimeExport("VmxReadMsr")]
    private static void ReadMsr(ref Vcpu vcpu)
    {
        if (!MsrExit.TryRead(ref vcpu, (uint)vcpu.Registers[GuestRegisters.Rcx], out ulong value))
        {
            Fault();
            return;
        }
        vcpu.Registers[GuestRegisters.Rax] = (uint)value;
        vcpu.Registers[GuestRegisters.Rdx] = value >> 32;
        Vmcs.StepOver(ref vcpu);
    }

    [RuntimeExport("VmxWriteMsr")]
    private static void WriteMsr(ref Vcpu vcpu)
    {
        ulong value = (uint)vcpu.Registers[GuestRegisters.Rax] | vcpu.Registers[GuestRegisters.Rdx] << 32;
        if (MsrExit.TryWrite(ref vcpu, (uint)vcpu.Registers[GuestRegisters.Rcx], value))
            Vmcs.StepOver(ref vcpu);
        else
            Fault();
        VmxInterrupts.Resume(ref vcpu);
    }

    /// <summary>WRMSR of the timer's initial count, which a kernel does all the time.</summary>
    [RuntimeExport("VmxStartTimer")]
    private static void StartTimer(ref Vcpu vcpu)
    {
        ref VirtualLocalApic apic = ref vcpu.Apic;
        if (vcpu.Registers[GuestRegisters.Rdx] << 32 != 0 || !apic.IsX2Apic)
        {
            WriteMsr(ref vcpu);
            return;
        }
        ulong now = Register.ReadTsc();
        if (LocalApicRegisters<ApicHardware>.WriteInitialCount(ref apic, (uint)vcpu.Registers[GuestRegisters.Rax], now + apic.TscOffset) != ApicEffect.None)
            GuestInterrupts.ArmStarted(ref vcpu, ref apic, now);
        Vmcs.StepOver(ref vcpu);
    }

    [RuntimeExport("VmxVmcall")]
    private static void Vmcall(ref Vcpu vcpu, uint access)
    {
        if ((access & PrivilegeLevel) != 0)
        {
            VcpuState.Inject(ref vcpu, ExceptionVector.InvalidOpcode);
            return;
        }
        vcpu.Registers[GuestRegisters.Rax] = Hypercall.Handle(ref vcpu, (uint)vcpu.Registers[GuestRegisters.Rax]);
        Vmcs.StepOver(ref vcpu);
        VmxInterrupts.ResumeSoon(ref vcpu);
    }

    [RuntimeExport("VmxIn")]
    private static void In(ref Vcpu vcpu, uint qualification)
    {
        uint bytes = (qualification & 7) + 1;
        vcpu.Registers[GuestRegisters.Rax] = PortExit.Merge(
            vcpu.Registers[GuestRegisters.Rax], PortExit.ReadInline(ref vcpu, qualification >> PortShift, bytes), bytes);
        Vmcs.StepOver(ref vcpu);
        VmxInterrupts.ResumeSoon(ref vcpu);
    }

    [RuntimeExport("VmxOut")]
    private static void Out(ref Vcpu vcpu, uint qualification)
    {
        PortExit.WriteInline(ref vcpu, qualification >> PortShift, (qualification & 7) + 1, (uint)vcpu.Registers[GuestRegisters.Rax]);
        Vmcs.StepOver(ref vcpu);
        VmxInterrupts.ResumeSoon(ref vcpu);
    }

    /// <summary>A board's interrupt, which the exit has acknowledged.</summary>
    [RuntimeExport("VmxInterrupt")]
    private static void Interrupt(ref Vcpu vcpu, uint vector)
    {
        if (vector == HostVector.Timer)
        {
            LocalApic.EndOfInterrupt();
            InterruptHandler.Timer(ref vcpu, ref vcpu.Apic);
            VmxInterrupts.ResumeSoon(ref vcpu);
            return;
        }
        InterruptHandler.Handle(ref vcpu, vector);
        VmxInterrupts.Resume(ref vcpu);
    }

    // #GP(0). Real mode pushes no error codes (SDM 3 26.2.1.3).
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Fault()
    {
        bool isProtected = (Vmcs.Read(VmcsField.GuestCr0) & Cr0Protection) != 0;
        Vmcs.Write(VmcsField.EntryErrorCode, 0);
        Vmcs.Write(VmcsField.EntryInterruptionInfo,
            (isProtected ? InterruptionInfo.ExceptionWithCode(ExceptionVector.GeneralProtection) : InterruptionInfo.Exception(ExceptionVector.GeneralProtection)).Value);
    }
}
