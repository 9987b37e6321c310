using System.Runtime;
using System.Runtime.CompilerServices;
using Bulkhead.Memory;
using Bulkhead.Partitions;
using Bulkhead.X86.Apic;
using Bulkhead.X86.Decode;
using Bulkhead.X86.Guest;
using Bulkhead.X86.Host;

namespace Bulkhead.X86.Vmx;

/// <summary>
/// The exits that guests make all the time, told apart in Boot/Vmx.S, which hands over the one field that each of them
/// wants, steps over the instruction and looks for what the exit may have raised. None of them comes between an event and
/// its handler (SDM 3 27.2.4), so there is nothing to deliver again. What returns a number says by 0 that the instruction
/// is not to be stepped over: it has faulted, or that is done already.
/// </summary>
internal static class VmxHotExits
{
    // The exit's qualification (SDM 3 table 27-5), and DPL in SS's access rights, which is the privilege level (24.4.1).
    private const int PortShift = 16;
    private const uint PrivilegeLevel = 3 << 5;
    private const uint Done = 1, Ended = 0;
    // The qualification of EPT violations (SDM 3 table 27-7).
    private const uint EptFetch = 1 << 2, EptLinearValid = 1 << 7, EptOfOperand = 1 << 8;
    private const ulong Cr0Protection = 1;

    [RuntimeExport("VmxCpuid")]
    private static void Cpuid(ref Vcpu vcpu) => CpuidExit.Handle(ref vcpu);

    [RuntimeExport("VmxReadMsr")]
    private static uint ReadMsr(ref Vcpu vcpu)
    {
        if (!MsrExit.TryRead(ref vcpu, (uint)vcpu.Registers[GuestRegisters.Rcx], out ulong value))
            return Fault();
        vcpu.Registers[GuestRegisters.Rax] = (uint)value;
        vcpu.Registers[GuestRegisters.Rdx] = value >> 32;
        return Done;
    }

    [RuntimeExport("VmxWriteMsr")]
    private static uint WriteMsr(ref Vcpu vcpu)
    {
        ulong value = (uint)vcpu.Registers[GuestRegisters.Rax] | vcpu.Registers[GuestRegisters.Rdx] << 32;
        return MsrExit.TryWrite(ref vcpu, (uint)vcpu.Registers[GuestRegisters.Rcx], value) ? Done : Fault();
    }

    /// <summary>WRMSR of the x2APIC's EOI.</summary>
    [RuntimeExport("VmxEndInterrupt")]
    private static uint EndInterrupt(ref Vcpu vcpu)
    {
        ref VirtualLocalApic apic = ref vcpu.Apic;
        if ((uint)(vcpu.Registers[GuestRegisters.Rax] | vcpu.Registers[GuestRegisters.Rdx]) != 0 || !apic.IsX2Apic)
            return WriteMsr(ref vcpu);
        uint vector = apic.End();
        if (apic.IsLevel(vector))
            IoApicRegisters<ApicHardware>.End(ref vcpu.Partition.Apics, ref apic, vector);
        return Done;
    }

    /// <summary>WRMSR of the x2APIC's ICR: mostly a fixed interrupt to one other vCPU.</summary>
    [RuntimeExport("VmxSendInterrupt")]
    private static uint SendInterrupt(ref Vcpu vcpu)
    {
        uint command = (uint)vcpu.Registers[GuestRegisters.Rax], destination = (uint)vcpu.Registers[GuestRegisters.Rdx];
        ref VirtualApics apics = ref vcpu.Partition.Apics;
        ref VirtualLocalApic apic = ref vcpu.Apic;
        if (!apic.IsX2Apic || !InterruptCommand<ApicHardware>.IsPlain(ref apics, ref apic, command, destination))
            return WriteMsr(ref vcpu);
        InterruptCommand<ApicHardware>.SendPlain(ref apics, ref apic, command, destination);
        return Done;
    }

    /// <summary>WRMSR of the timer's initial count, which a kernel does all the time.</summary>
    [RuntimeExport("VmxStartTimer")]
    private static uint StartTimer(ref Vcpu vcpu)
    {
        ref VirtualLocalApic apic = ref vcpu.Apic;
        if ((uint)vcpu.Registers[GuestRegisters.Rdx] != 0 || !apic.IsX2Apic)
            return WriteMsr(ref vcpu);
        ulong now = Register.ReadTsc();
        if (LocalApicRegisters<ApicHardware>.WriteInitialCount(ref apic, (uint)vcpu.Registers[GuestRegisters.Rax], now + apic.TscOffset) != ApicEffect.None)
            GuestInterrupts.ArmStarted(ref vcpu, ref apic, now);
        return Done;
    }

    [RuntimeExport("VmxVmcall")]
    private static uint Vmcall(ref Vcpu vcpu, uint access)
    {
        if ((access & PrivilegeLevel) != 0)
        {
            VcpuState.Inject(ref vcpu, ExceptionVector.InvalidOpcode);
            return Ended;
        }
        vcpu.Registers[GuestRegisters.Rax] = Hypercall.Handle(ref vcpu, (uint)vcpu.Registers[GuestRegisters.Rax]);
        return Done;
    }

    [RuntimeExport("VmxIn")]
    private static void In(ref Vcpu vcpu, uint qualification)
    {
        uint port = qualification >> PortShift, bytes = (qualification & 7) + 1;
        if (bytes == 1)
            vcpu.Registers.Al = (byte)PortExit.ReadInline(ref vcpu, port, 1);
        else
            vcpu.Registers[GuestRegisters.Rax] = PortExit.Merge(vcpu.Registers[GuestRegisters.Rax], PortExit.Read(ref vcpu, port, bytes), bytes);
    }

    [RuntimeExport("VmxOut")]
    private static void Out(ref Vcpu vcpu, uint qualification) =>
        PortExit.WriteInline(ref vcpu, qualification >> PortShift, (qualification & 7) + 1, (uint)vcpu.Registers[GuestRegisters.Rax]);

    /// <summary>A load or store outside the guest's RAM, whose registers have been read and are written back afterwards.</summary>
    [RuntimeExport("VmxEptViolation")]
    private static void EptViolation(ref Vcpu vcpu, GuestPhys address, uint qualification)
    {
        if ((qualification & EptFetch) != 0)
            GuestReport.Stop(ref vcpu, StopReason.InstructionFetchOutsideMemory, qualification, address);
        if ((qualification & (EptLinearValid | EptOfOperand)) == EptLinearValid)
            GuestReport.Stop(ref vcpu, StopReason.Stage2Fault, qualification, address);
        EmulatedExit.Memory(ref vcpu, address);
    }

    /// <summary>A board's interrupt, which the exit has acknowledged.</summary>
    [RuntimeExport("VmxInterrupt")]
    private static void Interrupt(ref Vcpu vcpu, uint vector)
    {
        if (vector == HostVector.Timer)
        {
            LocalApic.EndOfInterrupt();
            InterruptHandler.Timer(ref vcpu, ref vcpu.Apic);
        }
        else if (vector == HostVector.Kick)
        {
            LocalApic.EndOfInterrupt();
            // The guest ran until now: only whether it goes on is asked.
            GuestStop.Check(ref vcpu.Core, in vcpu.Partition.Core);
        }
        else
        {
            InterruptHandler.Handle(ref vcpu, vector);
        }
    }

    // #GP(0). Real mode pushes no error codes (SDM 3 26.2.1.3).
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static uint Fault()
    {
        bool isProtected = (Vmcs.Read(VmcsField.GuestCr0) & Cr0Protection) != 0;
        Vmcs.Write(VmcsField.EntryErrorCode, 0);
        Vmcs.Write(VmcsField.EntryInterruptionInfo,
            (isProtected ? InterruptionInfo.ExceptionWithCode(ExceptionVector.GeneralProtection) : InterruptionInfo.Exception(ExceptionVector.GeneralProtection)).Value);
        return Ended;
    }
}
