using System.Numerics;
using System.Threading;

namespace Bulkhead.Arm64.Gic;

/// <summary>The guest's trapped writes of ICC_SGI1R_EL1, ICC_SGI0R_EL1 and ICC_ASGI1R_EL1 (IHI 0069 12.2.21).</summary>
public static class SoftwareGeneratedInterrupt<THardware> where THardware : struct, IGicCpuInterface
{
    private const ulong Irm = 1ul << 40;

    /// <summary>RS, Aff3, Aff2 and Aff1: no vCPU has any but zero there.</summary>
    private const ulong BeyondAff0 = 0x00ff_f0ff_00ff_0000;

    /// <summary>ICC_SGI1R_EL1: with one security state it generates interrupts of either group.</summary>
    public static void Write(ref VirtualGic gic, int self, ulong value)
    {
        uint mine = 1u << self;
        uint targets = Targets(ref gic, mine, value);
        int intid = (int)(value >> 24) & 15;
        for (uint others = targets & ~mine; others != 0; others &= others - 1)
        {
            ref VirtualRedistributor other = ref gic.Vcpu(BitOperations.TrailingZeroCount(others));
            if (Interlocked.Or(ref other.Inbox.Private, 1u << intid) == 0)
                THardware.SendKick(other.PhysicalCpu);
        }
        if ((targets & mine) != 0)
            Delivery<THardware>.RaisePrivate(ref gic, self, (uint)intid);
    }

    /// <summary>ICC_SGI0R_EL1 and ICC_ASGI1R_EL1: only what the target has configured as group 0.</summary>
    public static void WriteGroup0(ref VirtualGic gic, int self, ulong value)
    {
        uint targets = Targets(ref gic, 1u << self, value);
        int intid = (int)(value >> 24) & 15;
        for (uint rest = targets; rest != 0; rest &= rest - 1)
        {
            int target = BitOperations.TrailingZeroCount(rest);
            if (((gic.Vcpu(target).Private.Group >> intid) & 1) == 0)
                Raise(ref gic, self, target, intid);
        }
    }

    private static void Raise(ref VirtualGic gic, int self, int target, int intid)
    {
        if (target == self)
        {
            Delivery<THardware>.RaisePrivate(ref gic, self, (uint)intid);
            return;
        }
        ref VirtualRedistributor other = ref gic.Vcpu(target);
        if (Interlocked.Or(ref other.Inbox.Private, 1u << intid) == 0)
            THardware.SendKick(other.PhysicalCpu);
    }

    private static uint Targets(ref VirtualGic gic, uint mine, ulong value)
    {
        uint all = (1u << gic.VcpuCount) - 1;
        if ((value & Irm) != 0)
            return all & ~mine;
        return (value & BeyondAff0) != 0 ? 0 : (uint)value & all;
    }
}
