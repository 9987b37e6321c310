using Bulkhead.Arm64.Gic;
using Bulkhead.Devices;
using Bulkhead.Partitions;

namespace Bulkhead.Arm64.El2;

/// <summary>Between a vCPU's exits and its guest's virtual GIC.</summary>
internal static class GuestInterrupts
{
    public static void Create(ref Partition partition)
    {
        partition.Gic.Initialize((int)partition.VcpuCount, (partition.Entry.Platform.IntIdCount + 31) / 32);
        for (int i = 0; i < partition.VcpuCount; i++)
            partition.Gic.Vcpu(i).PhysicalCpu = (int)partition.CpuOf(i);
        for (int i = 0; i < partition.Entry.InterruptCount; i++)
            partition.Gic.Assign(partition.Entry.Interrupt[i].VirtualIntId, partition.Entry.Interrupt[i].PhysicalIntId);
    }

    public static void VirtualTimer(ref Vcpu vcpu) => Delivery<GicHardware>.OnVirtualTimer(ref Gic(ref vcpu), vcpu.Index);

    /// <summary>What others asked of this vCPU; the kick itself is already deactivated.</summary>
    public static void DrainInbox(ref Vcpu vcpu) => Delivery<GicHardware>.Drain(ref Gic(ref vcpu), vcpu.Index);

    public static void Maintain(ref Vcpu vcpu) => Delivery<GicHardware>.OnMaintenance(ref Gic(ref vcpu), vcpu.Index);

    public static void Deactivate(ref Vcpu vcpu, ulong intid) =>
        Delivery<GicHardware>.OnDeactivate(ref Gic(ref vcpu), vcpu.Index, (uint)intid & 0xff_ffff);

    /// <summary>An SPI of the board: routed here because this vCPU's guest owns it.</summary>
    public static void Physical(ref Vcpu vcpu, uint physical)
    {
        uint intid = vcpu.Guest < 0 ? 0 : Gic(ref vcpu).FindVirtual(physical);
        if (intid == 0)
        {
            // Nobody's: off, so that it cannot come again.
            GicHardware.SetPhysicalEnable(physical, false);
            GicHardware.DeactivatePhysical(physical);
            return;
        }
        Delivery<GicHardware>.OnPhysicalSpi(ref Gic(ref vcpu), vcpu.Index, intid);
    }

    /// <summary>The emulated CNTP timer changed or EL2's timer came: its line, and the next deadline.</summary>
    public static void UpdatePhysicalTimer(ref Vcpu vcpu, ulong now)
    {
        vcpu.Timer.Arm(now);
        if (vcpu.Guest >= 0)
            Delivery<GicHardware>.SetPrivateLine(ref Gic(ref vcpu), vcpu.Index, InterruptId.PhysicalTimer, vcpu.Timer.Line(now));
    }

    public static ref VirtualGic Gic(ref Vcpu vcpu) => ref Partitions.Of(vcpu.Guest).Gic;
}
