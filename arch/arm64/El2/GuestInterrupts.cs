using System.Runtime.CompilerServices;
using System.Threading;
using Bulkhead.Arm64.Gic;
using Bulkhead.Partitions;

namespace Bulkhead.Arm64.El2;

/// <summary>Between a vCPU's exits and its guest's virtual GIC.</summary>
internal static class GuestInterrupts
{
    public static void Create(ref Partition partition)
    {
        partition.Gic.Initialize((int)partition.Core.VcpuCount, (partition.Core.Entry.Arm64.IntIdCount + 31) / 32);
        partition.Gic.IsTraced = Recorder.IsTracing;
        for (int i = 0; i < partition.Core.VcpuCount; i++)
            partition.Gic.Vcpu(i).PhysicalCpu = (int)partition.Core.CpuOf(i);
        for (int i = 0; i < partition.Core.Entry.InterruptCount; i++)
            partition.Gic.Assign(partition.Core.Entry.Interrupt[i].VirtualIntId, partition.Core.Entry.Interrupt[i].PhysicalIntId);
    }

    public static void VirtualTimer(ref Vcpu vcpu) => Delivery<GicHardware>.OnVirtualTimer(ref Gic(ref vcpu), vcpu.Core.Index);

    /// <summary>After another CPU's kick, already deactivated: takes what it left in the inbox.</summary>
    public static void Kick(ref Vcpu vcpu) => Inboxes<GicHardware>.Drain(ref Gic(ref vcpu), vcpu.Core.Index);

    public static void Maintain(ref Vcpu vcpu) => Delivery<GicHardware>.OnMaintenance(ref Gic(ref vcpu), vcpu.Core.Index);

    public static void Deactivate(ref Vcpu vcpu, ulong intid) =>
        Delivery<GicHardware>.OnDeactivate(ref Gic(ref vcpu), vcpu.Core.Index, (uint)intid & 0xff_ffff);

    public static void SendSgi(ref Vcpu vcpu, ulong value) =>
        SoftwareGeneratedInterrupt<GicHardware>.Write(ref Gic(ref vcpu), vcpu.Core.Index, value);

    public static void SendSgiGroup0(ref Vcpu vcpu, ulong value) =>
        SoftwareGeneratedInterrupt<GicHardware>.WriteGroup0(ref Gic(ref vcpu), vcpu.Core.Index, value);

    /// <summary>Before a vCPU's first instruction, on its CPU.</summary>
    public static void StartCpu(ref Vcpu vcpu)
    {
        PhysicalCpuInterface<GicRegisters>.ResetVirtual();
        Lifecycle<GicHardware>.ResetCpu(ref Gic(ref vcpu), vcpu.Core.Index);
    }

    /// <summary>When a vCPU goes off or its guest ends, on its CPU.</summary>
    public static void StopCpu(ref Vcpu vcpu) => Lifecycle<GicHardware>.StopCpu(ref Gic(ref vcpu), vcpu.Core.Index);

    /// <summary>At the guest's start: triggers and routes of its own SPIs.</summary>
    public static void StartGuest(ref Partition partition) => Lifecycle<GicHardware>.ApplyAssigned(ref partition.Gic);

    /// <summary>At the guest's end, when all its CPUs are out: a fresh GIC, and its physical interrupts are quiet.</summary>
    public static void ResetGuest(ref Partition partition)
    {
        Lifecycle<GicHardware>.QuietAssigned(ref partition.Gic);
        partition.Gic.Reset();
    }

    /// <summary>A virtual device's line; vcpu is the one this CPU runs of that guest, or -1.</summary>
    public static void SetLine(ref Partition partition, int vcpu, uint intid, bool level) =>
        Delivery<GicHardware>.SetLine(ref partition.Gic, vcpu, intid, level);

    /// <summary>An SPI of the board: routed here because this vCPU's guest owns it.</summary>
    public static void Physical(ref Vcpu vcpu, uint physical)
    {
        uint intid = vcpu.Core.Guest < 0 ? 0 : Gic(ref vcpu).FindVirtual(physical);
        if (intid == 0)
        {
            // Nobody's: off, so that it cannot come again.
            GicHardware.SetPhysicalEnable(physical, false);
            GicHardware.DeactivatePhysical(physical);
            return;
        }
        // Its guest ends: the next one must not find it pending. Off, as a level would come again at once; the next one turns
        // it on itself.
        if (Volatile.Read(ref vcpu.Partition.Core.State) != (int)GuestState.Running)
        {
            GicHardware.SetPhysicalEnable(physical, false);
            GicHardware.DeactivatePhysical(physical);
            return;
        }
        Delivery<GicHardware>.OnPhysicalSpi(ref Gic(ref vcpu), vcpu.Core.Index, intid);
    }

    /// <summary>The emulated CNTP timer changed or EL2's timer came: its line, and the next deadline.</summary>
    public static void UpdatePhysicalTimer(ref Vcpu vcpu, ulong now)
    {
        Deadlines.Check(ref vcpu.Core, now);
        vcpu.Timer.Arm(now, vcpu.Core.Deadline);
        if (vcpu.Core.Guest >= 0)
            Delivery<GicHardware>.SetPrivateLine(ref Gic(ref vcpu), vcpu.Core.Index, InterruptId.PhysicalTimer, vcpu.Timer.Line(now));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref VirtualGic Gic(ref Vcpu vcpu) => ref vcpu.Partition.Gic;
}
