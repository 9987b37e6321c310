using System.Runtime.CompilerServices;
using Bulkhead.Memory;
using Bulkhead.Partitions;
using Bulkhead.X86.Decode;

namespace Bulkhead.X86.Guest;

/// <summary>
/// Instructions that must be decoded: loads and stores outside the guest's RAM, INS and OUTS. The registers, RIP and
/// RFLAGS included, are in the vCPU's Registers, and are taken from there afterwards.
/// </summary>
internal static class EmulatedExit
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Memory(ref Vcpu vcpu, GuestPhys address)
    {
        GuestCpu cpu = new(ref vcpu);
        EmulationStatus status = Emulator<GuestCpu>.Access(ref cpu, ref vcpu.Emulation, ref vcpu.Registers, address);
        if (status == EmulationStatus.Done)
            End(ref vcpu);
        else
            Refused(ref vcpu, status, address);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Port(ref Vcpu vcpu)
    {
        GuestCpu cpu = new(ref vcpu);
        EmulationStatus status = Emulator<GuestCpu>.StringPort(ref cpu, ref vcpu.Emulation, ref vcpu.Registers);
        if (status == EmulationStatus.Done)
            End(ref vcpu);
        else
            Refused(ref vcpu, status, default);
    }

    // No instruction that is emulated changes TF.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void End(ref Vcpu vcpu)
    {
        if ((vcpu.Registers.Rflags & SingleStep.TrapFlag) != 0)
            VcpuState.RaiseSingleStep(ref vcpu);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Refused(ref Vcpu vcpu, EmulationStatus status, GuestPhys address)
    {
        switch (status)
        {
            case EmulationStatus.PageFault:
                VcpuState.InjectPageFault(ref vcpu, in vcpu.Emulation.Fault);
                return;
            case EmulationStatus.GeneralProtection:
                VcpuState.Inject(ref vcpu, ExceptionVector.GeneralProtection, 0);
                return;
            case EmulationStatus.NotSupported:
                GuestReport.StopAtInstruction(ref vcpu, in vcpu.Emulation.BytesAt(vcpu.Registers.Rip), address);
                return;
        }
    }
}
