using System.Runtime;
using System.Runtime.CompilerServices;
using System.Threading;
using Bulkhead.Arm64.Gic;
using Bulkhead.Memory;
using Bulkhead.Partitions;
using Bulkhead.Vcpus;

namespace Bulkhead.Arm64.El2;

/// <summary>A physical interrupt: acknowledged and its priority dropped by Boot/Vectors.S, still active.</summary>
internal static class InterruptHandler
{
    private const ulong SpuriousIntId = 1020;

    [RuntimeExport("HandleInterrupt")]
    public static void Handle(ref Vcpu vcpu, ulong iar)
    {
        uint intid = (uint)iar;
        if (intid == InterruptId.VirtualTimer)
            GuestInterrupts.VirtualTimer(ref vcpu);
        else if (intid == GicHardware.KickIntId)
            Kick(ref vcpu);
        else
            Other(ref vcpu, intid);
    }

    /// <summary>On a CPU that runs no guest: WFI wakes for a pending interrupt although it is masked here; it is then taken by hand.</summary>
    public static void WaitForInterrupt(ref Vcpu vcpu)
    {
        Instruction.Wfi();
        TakeInterrupts(ref vcpu);
    }

    /// <summary>On a CPU that runs no guest: those that are pending.</summary>
    public static void TakeInterrupts(ref Vcpu vcpu)
    {
        for (ulong iar = SystemRegister.ReadIccIar1(); iar < SpuriousIntId; iar = SystemRegister.ReadIccIar1())
        {
            SystemRegister.WriteIccEoir1(iar);
            Handle(ref vcpu, iar);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Kick(ref Vcpu vcpu)
    {
        // First: a kick that comes while the inbox is being emptied must find the SGI free.
        SystemRegister.WriteIccDir(GicHardware.KickIntId);
        if (vcpu.Core.Guest < 0 || Volatile.Read(ref vcpu.Core.Power) != (int)VcpuPower.On)
            return;
        GuestStop.Check(ref vcpu.Core, in vcpu.Partition.Core);
        GuestInterrupts.Kick(ref vcpu);
    }

    private static void Other(ref Vcpu vcpu, uint intid)
    {
        if (intid >= SpuriousIntId)
            return;
        if (intid == ApplianceTables.Board.Arm64.UartIntId)
        {
            BoardConsole.OnInterrupt(ref vcpu.Core);
            SystemRegister.WriteIccDir(intid);
        }
        else if (intid == InterruptId.Stop)
        {
            Instruction.Halt();
        }
        else if (intid == InterruptId.Maintenance)
        {
            GuestInterrupts.Maintain(ref vcpu);
            SystemRegister.WriteIccDir(intid);
        }
        else if (intid == InterruptId.HypervisorTimer)
        {
            ulong now = SystemRegister.ReadCntpct();
            GuestInterrupts.UpdatePhysicalTimer(ref vcpu, now);
            SystemRegister.WriteIccDir(intid);
            // Last, since it may not return.
            GuestWatchdog.Check(ref vcpu.Core, now);
        }
        else
        {
            GuestInterrupts.Physical(ref vcpu, intid);
        }
    }
}
