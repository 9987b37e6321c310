using System.Numerics;
using System.Threading;

namespace Bulkhead.Arm64.Gic;

/// <summary>A vCPU looks at its list registers again, after what decides about them changed.</summary>
public static class Rechecks<THardware> where THardware : struct, IGicCpuInterface
{
    /// <summary>
    /// After a change of enables, groups, priorities, routes or requests: withdraws what the guest has not yet taken,
    /// carries out what was asked of active interrupts, then lists afresh.
    /// </summary>
    public static void Recheck(ref VirtualGic gic, int self)
    {
        ref VirtualRedistributor mine = ref gic.Vcpu(self);
        TimerRegister<THardware>.Update(ref gic, self);
        ApplyPrivateRequests(ref gic, self);
        for (uint assigned = mine.Interface.Assigned; assigned != 0; assigned &= assigned - 1)
        {
            int index = BitOperations.TrailingZeroCount(assigned);
            ListRegister seen = THardware.ReadListRegister(index);
            if (seen.IsInvalid)
            {
                Claims<THardware>.RetireEnded(ref gic, self, index, seen);
                continue;
            }
            if (seen.IsPending)
            {
                seen = Claims<THardware>.Unlist(ref gic, self, index, seen);
                if (seen.IsInvalid)
                    continue;
            }
            RecheckActive(ref gic, self, index, seen);
        }
        Listing<THardware>.Refill(ref gic, self);
    }

    private static void RecheckActive(ref VirtualGic gic, int self, int index, ListRegister seen)
    {
        uint intid = seen.VirtualId;
        ref InterruptBank bank = ref gic.Bank(self, intid >> 5);
        uint bit = 1u << (int)intid;
        if ((bank.Active & bit) != 0)
        {
            // The guest set it active, which it is.
            Interlocked.And(ref bank.Active, ~bit);
        }
        if ((bank.ClearActive & bit) != 0)
        {
            Interlocked.And(ref bank.ClearActive, ~bit);
            Claims<THardware>.EndActive(ref gic, self, index, seen);
            return;
        }
        // What was pending of it is out of the register; there is nothing left to clear.
        if ((bank.ClearPending & bit) != 0)
            Interlocked.And(ref bank.ClearPending, ~bit);
        // Where its end concerns another vCPU or a level, it must be seen.
        bool elsewhere = IsElsewhere(ref gic, self, intid);
        bool high = (bank.Line & ~bank.Edge & bit) != 0;
        ListRegister wanted = seen.IsHw ? seen
            : elsewhere || high ? seen.With(ListRegister.Eoi) : seen.Without(ListRegister.Eoi);
        if (wanted.Value != seen.Value)
            Claims<THardware>.Store(ref gic.Vcpu(self).Interface, index, wanted);
    }

    // What other vCPUs wrote to this one's GICR frame, and this one's own writes.
    private static void ApplyPrivateRequests(ref VirtualGic gic, int self)
    {
        ref VirtualRedistributor mine = ref gic.Vcpu(self);
        if ((mine.Inbox.ClearPending | mine.Inbox.ClearActive | mine.Inbox.SetActive) == 0)
            return;
        uint setActive = Interlocked.Exchange(ref mine.Inbox.SetActive, 0);
        uint clearPending = Interlocked.Exchange(ref mine.Inbox.ClearPending, 0);
        uint clearActive = Interlocked.Exchange(ref mine.Inbox.ClearActive, 0);
        ref InterruptBank bank = ref mine.Private;
        bank.ClearPending |= clearPending & bank.Listed;
        bank.ClearActive |= clearActive & bank.Listed;
        if ((bank.Pending & clearPending & TimerRegister<THardware>.Bit) != 0)
            THardware.DeactivatePhysical(InterruptId.VirtualTimer);
        bank.Pending &= ~clearPending;
        uint ended = bank.Active & clearActive;
        bank.Active = (bank.Active & ~clearActive) | setActive;
        if ((setActive & TimerRegister<THardware>.Bit) != 0)
            THardware.SetPhysicalActive(InterruptId.VirtualTimer, true);
        if (ended != 0)
            mine.Interface.Backlog |= 1;
        if ((ended & TimerRegister<THardware>.Bit) != 0)
            THardware.DeactivatePhysical(InterruptId.VirtualTimer);
        TimerRegister<THardware>.Apply(ref mine, clearPending, clearActive);
        TimerRegister<THardware>.Update(ref gic, self);
    }

    /// <summary>Shared, and routed to another vCPU by now: that one waits for its end here.</summary>
    public static bool IsElsewhere(ref VirtualGic gic, int self, uint intid) =>
        intid >= InterruptId.FirstSpi && (gic.Bank(self, intid >> 5).Routed.At(self) & (1u << (int)intid)) == 0;
}
