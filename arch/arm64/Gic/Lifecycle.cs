using System.Numerics;
using System.Threading;

namespace Bulkhead.Arm64.Gic;

/// <summary>A vCPU's GIC from off to on and back.</summary>
public static class Lifecycle<THardware> where THardware : struct, IGicCpuInterface
{
    /// <summary>Before the vCPU's first instruction, on its CPU: CPU_ON, or the guest's start.</summary>
    public static void ResetCpu(ref VirtualGic gic, int self)
    {
        ref VirtualRedistributor mine = ref gic.Vcpu(self);
        int count = THardware.ListRegisterCount;
        for (int index = 0; index < count; index++)
            THardware.WriteListRegister(index, default);
        mine.Private.Reset(InterruptBank.SgiEdges);
        mine.Interface = default;
        mine.Interface.Usable = ((1u << count) - 1) & ~1u;
        mine.Interface.Control = HypControl.En;
        mine.Asleep = 1;
        Interlocked.Exchange(ref mine.Inbox.Private, 0);
        Interlocked.Exchange(ref mine.Inbox.ClearPending, 0);
        Interlocked.Exchange(ref mine.Inbox.ClearActive, 0);
        Interlocked.Exchange(ref mine.Inbox.SetActive, 0);
        Interlocked.Exchange(ref mine.Inbox.Requests, 0);
        THardware.WriteHcr(HypControl.En);
        THardware.SetPhysicalEnable(InterruptId.VirtualTimer, false);
        Volatile.Write(ref mine.Online, 1);
        Interlocked.MemoryBarrier();
        // Shared interrupts that waited for this vCPU.
        mine.Interface.Backlog = ~0u;
        Inboxes<THardware>.Drain(ref gic, self);
        Listing<THardware>.Refill(ref gic, self);
    }

    /// <summary>
    /// CPU_OFF, system reset, or the guest's end, on the vCPU's CPU. Shared interrupts that are pending here stay
    /// pending in the distributor; physical ones the guest never ended are ended, so that the next owner gets them.
    /// </summary>
    public static void StopCpu(ref VirtualGic gic, int self)
    {
        ref VirtualRedistributor mine = ref gic.Vcpu(self);
        THardware.SetPhysicalEnable(InterruptId.VirtualTimer, false);
        EndTimer(ref mine);
        for (uint rest = mine.Interface.Assigned; rest != 0; rest &= rest - 1)
        {
            int index = BitOperations.TrailingZeroCount(rest);
            ListRegister seen = THardware.ReadListRegister(index);
            THardware.WriteListRegister(index, default);
            Abandon(ref gic, self, index, seen);
        }
        EndSpilled(ref gic, self);
        mine.Interface = default;
        THardware.WriteHcr(0);
        Volatile.Write(ref mine.Online, 0);
        Interlocked.Exchange(ref mine.Inbox.Requests, 0);
    }

    private static void EndTimer(ref VirtualRedistributor mine)
    {
        ListRegister timer = THardware.ReadListRegister(0);
        uint bit = TimerRegister<THardware>.Bit;
        if (!timer.IsInvalid || ((mine.Private.Pending | mine.Private.Active) & bit) != 0)
            THardware.SetPhysicalActive(InterruptId.VirtualTimer, false);
        mine.Private.Pending &= ~bit;
        mine.Private.Active &= ~bit;
        THardware.WriteListRegister0(default);
    }

    // What another vCPU gets from now on, by a route that changed and was not looked at here, is for that one to list.
    private static void Abandon(ref VirtualGic gic, int self, int index, ListRegister seen)
    {
        ref VirtualCpuInterface books = ref gic.Vcpu(self).Interface;
        uint intid = books.Shadow.At(index).VirtualId;
        if (intid < InterruptId.FirstSpi)
            return;
        ref InterruptBank bank = ref gic.Distributor.Banks.At(intid >> 5);
        uint bit = 1u << (int)intid;
        // Also a physical one that the guest has not taken: it stays active until whoever is next ends it.
        if (seen.IsPending && ((books.FromLatch >> index) & 1) != 0 && (Volatile.Read(ref bank.ClearPending) & bit) == 0)
            Interlocked.Or(ref bank.Pending, bit);
        else if (seen.IsHw && !seen.IsInvalid)
            THardware.SetPhysicalActive(seen.PhysicalId, false);
        Claims<THardware>.Release(ref gic, self, intid);
    }

    private static void EndSpilled(ref VirtualGic gic, int self)
    {
        ref VirtualCpuInterface books = ref gic.Vcpu(self).Interface;
        for (uint words = books.SpilledBanks & ~1u; words != 0; words &= words - 1)
        {
            uint number = (uint)BitOperations.TrailingZeroCount(words);
            ref InterruptBank bank = ref gic.Distributor.Banks.At(number);
            for (uint rest = books.Spilled.At(number); rest != 0; rest &= rest - 1)
            {
                uint bit = rest & (0 - rest);
                Interlocked.And(ref bank.Active, ~bit);
                uint intid = (number << 5) + (uint)BitOperations.TrailingZeroCount(rest);
                if ((bank.Hardware & bit) != 0)
                    THardware.SetPhysicalActive(gic.PhysicalOf(intid), false);
                Inboxes<THardware>.WantAgain(ref gic, self, intid);
            }
        }
    }

    /// <summary>
    /// At the guest's end or restart, after StopCpu on all its CPUs: quiets the physical interrupts assigned to it and
    /// ends those that were taken but never delivered. Then VirtualGic.Reset.
    /// </summary>
    public static void QuietAssigned(ref VirtualGic gic)
    {
        for (uint number = 1; number < 32; number++)
        {
            ref InterruptBank bank = ref gic.Distributor.Banks.At(number);
            for (uint rest = bank.Hardware; rest != 0; rest &= rest - 1)
            {
                uint physical = gic.PhysicalOf((number << 5) + (uint)BitOperations.TrailingZeroCount(rest));
                THardware.SetPhysicalEnable(physical, false);
                THardware.SetPhysicalPending(physical, false);
                THardware.SetPhysicalActive(physical, false);
            }
        }
    }

    /// <summary>At the guest's start: physical triggers and routes as GICD has them after reset.</summary>
    public static void ApplyAssigned(ref VirtualGic gic)
    {
        for (uint number = 1; number < 32; number++)
        {
            ref InterruptBank bank = ref gic.Distributor.Banks.At(number);
            for (uint rest = bank.Hardware; rest != 0; rest &= rest - 1)
            {
                uint intid = (number << 5) + (uint)BitOperations.TrailingZeroCount(rest);
                uint physical = gic.PhysicalOf(intid);
                THardware.SetPhysicalEdge(physical, ((bank.Edge >> (int)intid) & 1) != 0);
                int route = gic.RouteOf(intid);
                if (route >= 0)
                    THardware.SetPhysicalRoute(physical, gic.Vcpu(route).PhysicalCpu);
            }
        }
    }
}
