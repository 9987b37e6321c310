using System.Runtime;
using System.Runtime.CompilerServices;
using System.Threading;

namespace Bulkhead.Arm64.El2;

/// <summary>What a CPU does while its vCPU is off or its guest stopped: it waits in EL2 and serves interrupts.</summary>
internal static class CpuLoop
{
    private const ulong SpuriousIntId = 1020;

    /// <summary>PSCI CPU_OFF.</summary>
    public static void TurnOff(ref Vcpu vcpu)
    {
        GuestInterrupts.StopCpu(ref vcpu);
        SystemRegister.WriteCntvCtl(0);
        SystemRegister.WriteCnthpCtl(0);
        Volatile.Write(ref vcpu.Power, (int)VcpuPower.Off);
        WaitForOn(ref vcpu);
    }

    /// <summary>Waits until another vCPU turns this one on, then enters it. Does not return.</summary>
    public static void WaitForOn(ref Vcpu vcpu)
    {
        while (Volatile.Read(ref vcpu.Power) != (int)VcpuPower.OnPending || !IsGuestRunning(ref vcpu))
            WaitForInterrupt(ref vcpu);
        SystemRegister.WriteCntvoff(Partitions.Of(vcpu.Guest).CounterOffset);
        VcpuReset.Run(ref vcpu, vcpu.Entry, vcpu.EntryArgument);
        GuestInterrupts.StartCpu(ref vcpu);
        Volatile.Write(ref vcpu.Power, (int)VcpuPower.On);
        EnterGuest(ref vcpu);
    }

    /// <summary>For a CPU that owns no running guest. Does not return.</summary>
    public static void Park(ref Vcpu vcpu)
    {
        while (true)
            WaitForInterrupt(ref vcpu);
    }

    /// <summary>Gives this CPU to its guest for good (Boot/Vectors.S).</summary>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "EnterGuest")]
    public static extern void EnterGuest(ref Vcpu vcpu);

    private static bool IsGuestRunning(ref Vcpu vcpu) =>
        vcpu.Guest >= 0 && Volatile.Read(ref Partitions.Of(vcpu.Guest).State) == (int)GuestState.Running;

    // WFI wakes for a pending interrupt although it is masked here; it is then taken by hand.
    private static void WaitForInterrupt(ref Vcpu vcpu)
    {
        Instruction.Wfi();
        ulong iar = SystemRegister.ReadIccIar1();
        if (iar >= SpuriousIntId)
            return;
        SystemRegister.WriteIccEoir1(iar);
        InterruptHandler.Handle(ref vcpu, iar);
    }
}
