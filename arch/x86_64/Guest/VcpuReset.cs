using Bulkhead.Memory;
using Bulkhead.Partitions;
using Bulkhead.X86.Decode;
using Bulkhead.X86.Host;
using Bulkhead.X86.Svm;
using Bulkhead.X86.Vmx;

namespace Bulkhead.X86.Guest;

/// <summary>Puts a vCPU into the state it starts in: the package's entry, or real mode by a start-up IPI.</summary>
internal static class VcpuReset
{
    private const uint VersionLeaf = 1;

    public static void Run(ref Vcpu vcpu)
    {
        vcpu.Registers = default;
        // After a reset EDX has the CPU's version (SDM 3 table 9-1).
        vcpu.Registers[GuestRegisters.Rdx] = Instruction.Cpuid(VersionLeaf).Eax;
        vcpu.Presented = 0;
        vcpu.NmiPending = 0;
        vcpu.NmiBlocking = NmiBlocking.None;
        ExtendedState.Reset(ref vcpu);
        OwnRegisters.Reset();
        vcpu.Policy.Reset();
        EntryKind kind = vcpu.Partition.Core.EntryKind;
        if (vcpu.StartKind == StartKind.Package)
            vcpu.Registers[kind == EntryKind.Pvh ? GuestRegisters.Rbx : GuestRegisters.Rsi] = vcpu.Core.EntryArgument;
        if (VirtualMachine.Kind == VirtualizationKind.Svm)
            ResetVmcb(ref vcpu, kind);
        else
            ResetVmcs(ref vcpu, kind);
        vcpu.Apic.Cr8 = 0;
    }

    private static void ResetVmcb(ref Vcpu vcpu, EntryKind kind)
    {
        ref Vmcb vmcb = ref vcpu.Vmcb;
        vmcb.TscOffset = vcpu.Apic.TscOffset;
        vmcb.VirtualInterrupt = VirtualInterrupt.None(0);
        vmcb.TlbControl = TlbControl.FlushAll;
        if (vcpu.StartKind == StartKind.StartUp)
            VmcbReset.Startup(ref vmcb, StartUpVector(ref vcpu));
        else if (kind == EntryKind.Pvh)
            VmcbReset.Protected(ref vmcb, vcpu.Core.Entry);
        else
            VmcbReset.Long(ref vmcb, vcpu.Core.Entry, in vcpu.Partition.Core);
    }

    private static void ResetVmcs(ref Vcpu vcpu, EntryKind kind)
    {
        Vmcs.Write(VmcsField.TscOffset, vcpu.Apic.TscOffset);
        vcpu.TprThreshold = 0;
        VmxBackstop.Reset(ref vcpu);
        Vmcs.InvalidateVpid();
        if (vcpu.StartKind == StartKind.StartUp)
            VmcsReset.Startup(StartUpVector(ref vcpu));
        else if (kind == EntryKind.Pvh)
            VmcsReset.Protected(vcpu.Core.Entry);
        else
            VmcsReset.Long(vcpu.Core.Entry, in vcpu.Partition.Core);
    }

    private static uint StartUpVector(ref Vcpu vcpu) => (uint)(vcpu.Core.Entry.Value >> 12);
}
