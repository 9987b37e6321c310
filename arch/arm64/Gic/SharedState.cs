using System.Numerics;
using System.Threading;

namespace Bulkhead.Arm64.Gic;

/// <summary>What a write to GICD changes about shared interrupts, beyond the register itself.</summary>
public static class SharedState<THardware> where THardware : struct, IGicCpuInterface
{
    public static void Enabled(ref VirtualGic gic, int self, uint number, uint bits)
    {
        ref InterruptBank bank = ref gic.Distributor.Banks.At(number);
        for (uint rest = bits & bank.Hardware; rest != 0; rest &= rest - 1)
            THardware.SetPhysicalEnable(Physical(ref gic, number, rest), true);
        NotifyRaised(ref gic, self, number, bits);
    }

    public static void Disabled(ref VirtualGic gic, int self, uint number, uint bits)
    {
        ref InterruptBank bank = ref gic.Distributor.Banks.At(number);
        for (uint rest = bits & bank.Hardware; rest != 0; rest &= rest - 1)
            THardware.SetPhysicalEnable(Physical(ref gic, number, rest), false);
        if ((bank.Listed & bits) != 0)
            Inboxes<THardware>.RequestRecheck(ref gic, self);
    }

    /// <summary>Group or priority of the interrupts changed.</summary>
    public static void Changed(ref VirtualGic gic, int self, uint number, uint bits)
    {
        ref InterruptBank bank = ref gic.Distributor.Banks.At(number);
        if ((bits & (bank.Raised | bank.Listed)) == 0)
            return;
        Interlocked.MemoryBarrier();
        NotifyRaised(ref gic, self, number, bits);
        if ((bank.Listed & bits) != 0)
            Inboxes<THardware>.RequestRecheck(ref gic, self);
    }

    public static void SetPending(ref VirtualGic gic, int self, uint number, uint bits)
    {
        ref InterruptBank bank = ref gic.Distributor.Banks.At(number);
        for (uint rest = bits & bank.Hardware; rest != 0; rest &= rest - 1)
            THardware.SetPhysicalPending(Physical(ref gic, number, rest), true);
        bits &= ~bank.Hardware;
        Interlocked.Or(ref bank.Pending, bits);
        NotifyRaised(ref gic, self, number, bits);
    }

    public static void ClearPending(ref VirtualGic gic, int self, uint number, uint bits)
    {
        ref InterruptBank bank = ref gic.Distributor.Banks.At(number);
        uint cleared = Interlocked.And(ref bank.Pending, ~bits) & bits;
        for (uint rest = bits & bank.Hardware; rest != 0; rest &= rest - 1)
        {
            uint physical = Physical(ref gic, number, rest);
            THardware.SetPhysicalPending(physical, false);
            // It was taken and is physically active until a guest's deactivation that will now never come.
            if ((cleared & rest & (0 - rest)) != 0)
                THardware.DeactivatePhysical(physical);
        }
        uint listed = bank.Listed & bits;
        if (listed == 0)
            return;
        Interlocked.Or(ref bank.ClearPending, listed);
        Inboxes<THardware>.RequestRecheck(ref gic, self);
    }

    public static void SetActive(ref VirtualGic gic, int self, uint number, uint bits)
    {
        ref InterruptBank bank = ref gic.Distributor.Banks.At(number);
        Interlocked.Or(ref bank.Active, bits);
        for (uint rest = bits & bank.Hardware; rest != 0; rest &= rest - 1)
            THardware.SetPhysicalActive(Physical(ref gic, number, rest), true);
        if ((bank.Listed & bits) != 0)
            Inboxes<THardware>.RequestRecheck(ref gic, self);
    }

    public static void ClearActive(ref VirtualGic gic, int self, uint number, uint bits)
    {
        ref InterruptBank bank = ref gic.Distributor.Banks.At(number);
        uint ended = Interlocked.And(ref bank.Active, ~bits) & bits;
        for (uint rest = ended & bank.Hardware; rest != 0; rest &= rest - 1)
            THardware.SetPhysicalActive(Physical(ref gic, number, rest), false);
        NotifyRaised(ref gic, self, number, ended);
        uint listed = bank.Listed & bits;
        if (listed == 0)
            return;
        Interlocked.Or(ref bank.ClearActive, listed);
        Inboxes<THardware>.RequestRecheck(ref gic, self);
    }

    /// <summary>GICD_ICFGR for the interrupts in <paramref name="mask"/>.</summary>
    public static void Configure(ref VirtualGic gic, int self, uint number, uint edge, uint mask)
    {
        ref InterruptBank bank = ref gic.Distributor.Banks.At(number);
        mask &= bank.Implemented;
        SpinLock.Guard held = gic.Distributor.RoutingLock.Enter();
        uint changed = (bank.Edge ^ edge) & mask;
        Volatile.Write(ref bank.Edge, bank.Edge ^ changed);
        for (uint rest = changed & bank.Hardware; rest != 0; rest &= rest - 1)
        {
            uint bit = rest & (0 - rest);
            THardware.SetPhysicalEdge(Physical(ref gic, number, rest), (edge & bit) != 0);
        }
        gic.Distributor.RoutingLock.Exit(held);
        Changed(ref gic, self, number, changed);
    }

    /// <summary>GICD_IROUTER.</summary>
    public static void Route(ref VirtualGic gic, int self, uint intid, int target)
    {
        uint number = intid >> 5;
        uint bit = 1u << (int)intid;
        ref InterruptBank bank = ref gic.Distributor.Banks.At(number);
        SpinLock.Guard held = gic.Distributor.RoutingLock.Enter();
        int before = gic.RouteOf(intid);
        if (before != target)
            MoveRoute(ref gic, held, ref bank, bit, before, target);
        if ((bank.Hardware & bit) != 0 && target >= 0)
            THardware.SetPhysicalRoute(gic.PhysicalOf(intid), gic.Vcpu(target).PhysicalCpu);
        gic.Distributor.RoutingLock.Exit(held);
        if (before != target)
            Changed(ref gic, self, number, bit);
    }

    private static void MoveRoute(
        ref VirtualGic gic, SpinLock.Guard held, ref InterruptBank bank, uint bit, int before, int target)
    {
        if (before >= 0)
            Interlocked.And(ref bank.Routed.At(before), ~bit);
        if (target >= 0)
            Interlocked.Or(ref bank.Routed.At(target), bit);
    }

    private static void NotifyRaised(ref VirtualGic gic, int self, uint number, uint bits)
    {
        ref InterruptBank bank = ref gic.Distributor.Banks.At(number);
        bool any = false;
        for (uint rest = bits & bank.Raised; rest != 0; rest &= rest - 1)
        {
            Inboxes<THardware>.Notify(ref gic, self, (number << 5) + (uint)BitOperations.TrailingZeroCount(rest));
            any = true;
        }
        if (any)
            Listing<THardware>.Refill(ref gic, self);
    }

    private static uint Physical(ref VirtualGic gic, uint number, uint bits) =>
        gic.PhysicalOf((number << 5) + (uint)BitOperations.TrailingZeroCount(bits));
}
