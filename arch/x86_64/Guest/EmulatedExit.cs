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
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Memory(ref Vcpu vcpu, GuestPhys address)
    {
        GuestCpu cpu = new(ref vcpu);
        EmulationStatus status = Emulator<GuestCpu>.Access(ref cpu, ref vcpu.Registers, address, out Emulation emulation);
        if (status != EmulationStatus.Done)
            Refused(ref vcpu, status, in emulation, address);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Port(ref Vcpu vcpu)
    {
        GuestCpu cpu = new(ref vcpu);
        EmulationStatus status = Emulator<GuestCpu>.StringPort(ref cpu, ref vcpu.Registers, out Emulation emulation);
        if (status != EmulationStatus.Done)
            Refused(ref vcpu, status, in emulation, default);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Refused(ref Vcpu vcpu, EmulationStatus status, in Emulation emulation, GuestPhys address)
    {
        switch (status)
        {
            case EmulationStatus.PageFault:
                VcpuState.InjectPageFault(ref vcpu, in emulation.Fault);
                return;
            case EmulationStatus.GeneralProtection:
                VcpuState.Inject(ref vcpu, ExceptionVector.GeneralProtection, 0);
                return;
            case EmulationStatus.NotSupported:
                GuestReport.StopAtInstruction(ref vcpu, in emulation.Bytes, address);
                return;
        }
    }
}
