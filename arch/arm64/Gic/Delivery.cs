using System.Numerics;
using System.Runtime.CompilerServices;
using System.Threading;

namespace Bulkhead.Arm64.Gic;

/// <summary>
/// From pending to list register. `self` is the vCPU of the calling CPU, -1 on a CPU that has none of this guest;
/// only its list registers are touched.
///
/// An interrupt is in at most one list register of the guest: its Listed bit is the claim to it. Whoever changes what
/// decides about delivery (enable, group, route, pending) writes that first and looks at Listed next; whoever lists
/// sets Listed first and looks at the deciding words next. Both are sequentially consistent, so one of the two sees
/// the other.
/// </summary>
public static class Delivery<THardware> where THardware : struct, IGicCpuInterface
{
    public const uint TimerBit = 1u << (int)InterruptId.VirtualTimer;
    private const uint NoInterrupt = InterruptId.FirstSpecial + 3;
    private const int NoRegister = -1;

    /// <summary>
    /// The physical PPI of the virtual timer, acknowledged and its priority dropped. The guest's deactivation reaches
    /// it through list register 0 (HW = 1); it cannot fire again before, so the register is free (IHI 0069 4.8, 5.1).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void OnVirtualTimer(ref VirtualGic gic, int self)
    {
        ref VirtualRedistributor mine = ref gic.Vcpu(self);
        ListRegister template = mine.Interface.TimerTemplate;
        if (template.Value != 0)
            THardware.WriteListRegister0(template);
        else
            mine.Private.Pending |= TimerBit;
    }

    /// <summary>A physical SPI of the guest, acknowledged and its priority dropped; by the guest's INTID.</summary>
    public static void OnPhysicalSpi(ref VirtualGic gic, int self, uint intid)
    {
        ref InterruptBank bank = ref gic.Distributor.Banks.At(intid >> 5);
        uint bit = 1u << (int)intid;
        Interlocked.Or(ref bank.Pending, bit);
        Notify(ref gic, self, intid);
        // A vCPU that is off has no list register to wait for: its start looks at everything.
        if (gic.Vcpu(self).Online != 0)
            Refill(ref gic, self);
        // It fires, so its last activation has ended; a vCPU it was routed to before has not noticed yet.
        if ((bank.Pending & Volatile.Read(ref bank.Listed) & bit) != 0)
            RequestRecheckOfOthers(ref gic, self);
    }

    /// <summary>
    /// Takes what others left in the vCPU's inbox: after each kick, whose deactivation comes first, so that a new one
    /// can follow what is missed here.
    /// </summary>
    public static void Drain(ref VirtualGic gic, int self)
    {
        ref VirtualRedistributor mine = ref gic.Vcpu(self);
        if (mine.Inbox.Private != 0)
        {
            uint raised = Interlocked.Exchange(ref mine.Inbox.Private, 0);
            do
            {
                RaisePrivate(ref gic, self, (uint)BitOperations.TrailingZeroCount(raised));
                raised &= raised - 1;
            }
            while (raised != 0);
        }
        if ((mine.Inbox.Banks | mine.Inbox.Requests) != 0)
            DrainRest(ref gic, self);
    }

    private static void DrainRest(ref VirtualGic gic, int self)
    {
        ref VirtualRedistributor mine = ref gic.Vcpu(self);
        mine.Interface.Backlog |= Interlocked.Exchange(ref mine.Inbox.Banks, 0);
        uint requests = Volatile.Read(ref mine.Inbox.Requests);
        if ((requests & Inbox.Recheck) != 0)
        {
            Interlocked.And(ref mine.Inbox.Requests, ~Inbox.Recheck);
            Recheck(ref gic, self);
        }
        else
        {
            Refill(ref gic, self);
        }
        if ((requests & Inbox.Publish) != 0)
        {
            PublishOwn(ref gic, self);
            Interlocked.And(ref mine.Inbox.Requests, ~Inbox.Publish);
        }
    }

    /// <summary>Makes a private interrupt of this very vCPU pending.</summary>
    public static void RaisePrivate(ref VirtualGic gic, int self, uint intid)
    {
        ref VirtualRedistributor mine = ref gic.Vcpu(self);
        ref InterruptBank bank = ref mine.Private;
        uint bit = 1u << (int)intid;
        uint ready = bank.Enabled & gic.Distributor.Forwarded(bank.Group) & ~(bank.Active | bank.Hardware | bank.Line);
        if ((ready & bit) == 0 || mine.Interface.Backlog != 0)
        {
            RaisePrivateSlowly(ref gic, self, bit);
            return;
        }

        int index;
        if ((bank.Listed & bit) != 0)
        {
            // Listed before: in the same list register, most often finished, and nobody was told.
            index = mine.Interface.ListedIn.At(intid);
            ListRegister seen = THardware.ReadListRegister(index);
            if (!seen.IsInvalid)
            {
                // Pending already: once is enough. Active: pending and active, delivered again after its EOI.
                mine.Interface.FromLatch |= 1u << index;
                THardware.WriteListRegister(index, seen.With(ListRegister.Pending));
                Note(ref gic, intid);
                return;
            }
        }
        else
        {
            uint free = THardware.ReadElrsr() & mine.Interface.Usable;
            if (free == 0)
            {
                RaisePrivateSlowly(ref gic, self, bit);
                return;
            }
            index = Choose(ref gic, self, free);
            bank.Listed |= bit;
            mine.Interface.ListedIn.At(intid) = (byte)index;
            mine.Interface.Assigned |= 1u << index;
        }
        ListRegister value = bank.Compose(intid);
        mine.Interface.FromLatch |= 1u << index;
        mine.Interface.Shadow.At(index) = value;
        THardware.WriteListRegister(index, value);
        Note(ref gic, intid);
        if (mine.Interface.Backlog != 0)
            Refill(ref gic, self);
    }

    // A free list register; an unassigned one is best, for there is nothing to retire.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Choose(ref VirtualGic gic, int self, uint free)
    {
        uint unassigned = free & ~gic.Vcpu(self).Interface.Assigned;
        int index = BitOperations.TrailingZeroCount(unassigned != 0 ? unassigned : free);
        if (unassigned == 0)
            Retire(ref gic, self, index);
        return index;
    }

    private static void RaisePrivateSlowly(ref VirtualGic gic, int self, uint bit)
    {
        ref VirtualRedistributor mine = ref gic.Vcpu(self);
        if ((mine.Private.Hardware & bit) != 0)
        {
            // The guest made its timer's interrupt pending by hand: the physical one carries it (IHI 0069 5.1).
            THardware.SetPhysicalPending(InterruptId.VirtualTimer, true);
            return;
        }
        mine.Private.Pending |= bit;
        mine.Interface.Backlog |= 1;
        Refill(ref gic, self);
    }

    /// <summary>A virtual device's line to a shared interrupt. The device's own lock orders calls for one line.</summary>
    public static void SetLine(ref VirtualGic gic, int self, uint intid, bool level)
    {
        ref InterruptBank bank = ref gic.Distributor.Banks.At(intid >> 5);
        uint bit = 1u << (int)intid;
        if (((Volatile.Read(ref bank.Line) & bit) != 0) == level)
            return;
        if (level)
        {
            Interlocked.Or(ref bank.Line, bit);
            if ((bank.Edge & bit) != 0)
                Interlocked.Or(ref bank.Pending, bit);
            Notify(ref gic, self, intid);
            if (self >= 0)
                Refill(ref gic, self);
        }
        else
        {
            Interlocked.And(ref bank.Line, ~bit);
            if ((bank.Edge & bit) == 0 && (Volatile.Read(ref bank.Listed) & bit) != 0)
                LowerListed(ref gic, self, intid);
        }
    }

    /// <summary>A virtual device's line to one of this vCPU's PPIs, such as the emulated physical timer.</summary>
    public static void SetPrivateLine(ref VirtualGic gic, int self, uint intid, bool level)
    {
        ref VirtualRedistributor mine = ref gic.Vcpu(self);
        uint bit = 1u << (int)intid;
        if (((mine.Private.Line & bit) != 0) == level)
            return;
        mine.Private.Line ^= bit;
        if (level)
        {
            mine.Interface.Backlog |= 1;
            Refill(ref gic, self);
        }
        else if ((mine.Private.Listed & bit) != 0)
        {
            LowerListed(ref gic, self, intid);
        }
    }

    // The line of a listed level interrupt fell: pending by level ends, and its EOI is no longer of interest.
    private static void LowerListed(ref VirtualGic gic, int self, uint intid)
    {
        int index = FindListed(ref gic, self, intid);
        if (index == NoRegister)
        {
            RequestRecheck(ref gic, self);
            return;
        }
        ref VirtualCpuInterface books = ref gic.Vcpu(self).Interface;
        ListRegister seen = THardware.ReadListRegister(index);
        if (seen.IsInvalid || ((books.FromLatch >> index) & 1) != 0)
            return;
        if (seen.IsOnlyPending)
        {
            Unlist(ref gic, self, index, seen);
            Refill(ref gic, self);
        }
        else if (!IsElsewhere(ref gic, self, intid))
        {
            Store(ref books, index, seen.Without(ListRegister.Eoi));
        }
    }

    // Shared, and routed to another vCPU by now: that one waits for its end here.
    private static bool IsElsewhere(ref VirtualGic gic, int self, uint intid) =>
        intid >= InterruptId.FirstSpi && (gic.Bank(self, intid >> 5).Routed.At(self) & (1u << (int)intid)) == 0;

    /// <summary>
    /// The maintenance interrupt (PPI 25). Its deactivation comes after: the line is a level of what is handled here.
    /// </summary>
    public static void OnMaintenance(ref VirtualGic gic, int self)
    {
        ref VirtualCpuInterface books = ref gic.Vcpu(self).Interface;
        if (books.SpilledBanks != 0)
            CountDeactivations(ref gic, self);
        for (uint ended = THardware.ReadEisr() & books.Usable; ended != 0; ended &= ended - 1)
        {
            int index = BitOperations.TrailingZeroCount(ended);
            THardware.WriteListRegister(index, default);
            if ((books.Assigned & (1u << index)) != 0)
                Retire(ref gic, self, index);
        }
        Refill(ref gic, self);
    }

    /// <summary>A trapped write of ICC_DIR_EL1, which happens while an active interrupt is not in a list register.</summary>
    public static void OnDeactivate(ref VirtualGic gic, int self, uint intid)
    {
        if (intid >= InterruptId.FirstSpecial)
            return;
        if (intid == InterruptId.VirtualTimer)
        {
            ListRegister timer = THardware.ReadListRegister(0);
            if (timer.IsActive)
            {
                THardware.WriteListRegister0(default);
                THardware.DeactivatePhysical(InterruptId.VirtualTimer);
                return;
            }
        }
        int index = FindListed(ref gic, self, intid);
        if (index != NoRegister)
        {
            ListRegister seen = THardware.ReadListRegister(index);
            if (seen.IsActive)
            {
                EndActive(ref gic, self, index, seen);
                Refill(ref gic, self);
                return;
            }
        }
        ref InterruptBank bank = ref gic.Bank(self, intid >> 5);
        uint bit = 1u << (int)intid;
        if ((bank.Active & bit) != 0)
        {
            DeactivateInMemory(ref gic, self, intid);
            Refill(ref gic, self);
        }
        else if (intid >= InterruptId.FirstSpi && (Volatile.Read(ref bank.Listed) & bit) != 0)
        {
            Interlocked.Or(ref bank.ClearActive, bit);
            RequestRecheck(ref gic, self);
        }
    }

    /// <summary>Tells the vCPU an interrupt is routed to that there is something to list; this one sees it at Refill.</summary>
    public static void Notify(ref VirtualGic gic, int self, uint intid)
    {
        int target = gic.RouteOf(intid);
        if (target < 0)
            return;
        ref VirtualRedistributor vcpu = ref gic.Vcpu(target);
        uint word = 1u << (int)(intid >> 5);
        if (target == self)
            vcpu.Interface.Backlog |= word;
        else if (Interlocked.Or(ref vcpu.Inbox.Banks, word) == 0)
            THardware.SendKick(vcpu.PhysicalCpu);
    }

    /// <summary>Every vCPU of the guest looks at its list registers again; this one at once.</summary>
    public static void RequestRecheck(ref VirtualGic gic, int self)
    {
        RequestRecheckOfOthers(ref gic, self);
        if (self >= 0)
            Recheck(ref gic, self);
    }

    private static void RequestRecheckOfOthers(ref VirtualGic gic, int self)
    {
        for (int vcpu = 0; vcpu < gic.VcpuCount; vcpu++)
        {
            if (vcpu != self)
                Request(ref gic, vcpu, Inbox.Recheck);
        }
    }

    public static void Request(ref VirtualGic gic, int vcpu, uint request)
    {
        ref VirtualRedistributor other = ref gic.Vcpu(vcpu);
        if (Volatile.Read(ref other.Online) != 0
            && (Interlocked.Or(ref other.Inbox.Requests, request) & request) == 0)
            THardware.SendKick(other.PhysicalCpu);
    }

    /// <summary>
    /// After a change of enables, groups, priorities, routes or requests: withdraws what the guest has not yet taken,
    /// carries out what was asked of active interrupts, then lists afresh.
    /// </summary>
    public static void Recheck(ref VirtualGic gic, int self)
    {
        ref VirtualRedistributor mine = ref gic.Vcpu(self);
        UpdateTimer(ref gic, self);
        ApplyPrivateRequests(ref gic, self);
        for (uint assigned = mine.Interface.Assigned; assigned != 0; assigned &= assigned - 1)
        {
            int index = BitOperations.TrailingZeroCount(assigned);
            ListRegister seen = THardware.ReadListRegister(index);
            if (seen.IsInvalid)
            {
                RetireEnded(ref gic, self, index, seen);
                continue;
            }
            if (seen.IsPending)
            {
                seen = Unlist(ref gic, self, index, seen);
                if (seen.IsInvalid)
                    continue;
            }
            RecheckActive(ref gic, self, index, seen);
        }
        Refill(ref gic, self);
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
            EndActive(ref gic, self, index, seen);
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
            Store(ref gic.Vcpu(self).Interface, index, wanted);
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
        if ((bank.Pending & clearPending & TimerBit) != 0)
            THardware.DeactivatePhysical(InterruptId.VirtualTimer);
        bank.Pending &= ~clearPending;
        uint ended = bank.Active & clearActive;
        bank.Active = (bank.Active & ~clearActive) | setActive;
        if ((setActive & TimerBit) != 0)
            THardware.SetPhysicalActive(InterruptId.VirtualTimer, true);
        if (ended != 0)
            mine.Interface.Backlog |= 1;
        if ((ended & TimerBit) != 0)
            THardware.DeactivatePhysical(InterruptId.VirtualTimer);
        ApplyTimerRequests(ref mine, clearPending, clearActive);
        UpdateTimer(ref gic, self);
    }

    private static void ApplyTimerRequests(ref VirtualRedistributor mine, uint clearPending, uint clearActive)
    {
        if (((clearPending | clearActive) & TimerBit) == 0)
            return;
        ListRegister timer = THardware.ReadListRegister(0);
        bool ends = timer.IsActive ? (clearActive & TimerBit) != 0
            : timer.IsPending && (clearPending & TimerBit) != 0;
        if (ends)
        {
            THardware.WriteListRegister0(default);
            THardware.DeactivatePhysical(InterruptId.VirtualTimer);
        }
    }

    /// <summary>Brings list register 0, its template and the physical timer's enable in line with the books.</summary>
    public static void UpdateTimer(ref VirtualGic gic, int self)
    {
        ref VirtualRedistributor mine = ref gic.Vcpu(self);
        ref InterruptBank bank = ref mine.Private;
        bool enabled = (bank.Enabled & TimerBit) != 0;
        bool ready = enabled && !mine.Interface.TimerHeld
            && (gic.Distributor.Forwarded(bank.Group) & ~bank.Active & TimerBit) != 0;
        ListRegister template = default;
        if (ready)
            template = bank.Compose(InterruptId.VirtualTimer).WithPhysical(InterruptId.VirtualTimer);
        ListRegister before = mine.Interface.TimerTemplate;
        mine.Interface.TimerTemplate = template;
        if (template.Value == before.Value)
            return;
        ListRegister timer = THardware.ReadListRegister(0);
        if (timer.IsOnlyPending)
        {
            THardware.WriteListRegister0(template);
            if (!ready)
                bank.Pending |= TimerBit;
        }
        if ((bank.Pending & TimerBit) != 0)
            mine.Interface.Backlog |= 1;
        THardware.SetPhysicalEnable(InterruptId.VirtualTimer, enabled);
    }

    /// <summary>Lists what the backlog holds, best priority first, as far as there is room.</summary>
    public static void Refill(ref VirtualGic gic, int self)
    {
        ref VirtualCpuInterface books = ref gic.Vcpu(self).Interface;
        bool starved = false;
        uint waiting = 0x100;
        if (books.Backlog != 0)
        {
            uint ended = THardware.ReadElrsr();
            while (true)
            {
                // Unassigned ones are empty too; ELRSR need not show our own writes before a context synchronization.
                uint free = (ended | ~books.Assigned) & books.Usable;
                uint best = BestOfBacklog(ref gic, self, out uint priority);
                if (best == NoInterrupt)
                    break;
                if (free == 0)
                    free = MakeRoom(ref gic, self, priority);
                if (free == 0)
                {
                    starved = true;
                    waiting = priority;
                    break;
                }
                int index = Choose(ref gic, self, free);
                ended &= ~(1u << index);
                List(ref gic, self, index, best);
            }
        }
        if (starved || books.TimerHeld)
            HoldTimer(ref gic, self, waiting);
        Control(ref gic, self, starved);
    }

    // A timer interrupt pending in list register 0 keeps NPIE silent, so it must not stand there behind what waits.
    private static void HoldTimer(ref VirtualGic gic, int self, uint waiting)
    {
        ref VirtualRedistributor mine = ref gic.Vcpu(self);
        bool hold = mine.Private.Priority.At(InterruptId.VirtualTimer) > waiting;
        if (hold == mine.Interface.TimerHeld)
            return;
        mine.Interface.TimerHeld = hold;
        UpdateTimer(ref gic, self);
        if ((mine.Private.Pending & TimerBit) != 0)
            ListTimer(ref mine);
    }

    // NPIE rather than UIE: what is listed has a better priority than what waits, so the rest is wanted as soon as
    // nothing pending is listed, also when the list registers are full of active interrupts (IHI 0069 12.4.5).
    private static void Control(ref VirtualGic gic, int self, bool starved)
    {
        ref VirtualCpuInterface books = ref gic.Vcpu(self).Interface;
        ulong control = HypControl.En;
        if (starved)
            control |= HypControl.Npie;
        if (books.SpilledBanks != 0)
            control |= HypControl.Lrenpie | HypControl.Tdir;
        if (control == books.Control)
            return;
        // The write clears EOIcount; what it counted since the last exit must not be lost.
        if ((books.Control & HypControl.Lrenpie) != 0 && CountDeactivations(ref gic, self))
        {
            Refill(ref gic, self);
            return;
        }
        books.Control = control;
        THardware.WriteHcr(control);
    }

    // The highest priority interrupt in the backlog that may be listed; banks without any leave the backlog.
    private static uint BestOfBacklog(ref VirtualGic gic, int self, out uint priority)
    {
        ref VirtualCpuInterface books = ref gic.Vcpu(self).Interface;
        uint best = NoInterrupt;
        priority = 0x100;
        for (uint words = books.Backlog; words != 0; words &= words - 1)
        {
            uint number = (uint)BitOperations.TrailingZeroCount(words);
            uint candidates = Candidates(ref gic, self, number);
            if (candidates == 0)
            {
                books.Backlog &= ~(1u << (int)number);
                continue;
            }
            ref InterruptBank bank = ref gic.Bank(self, number);
            for (; candidates != 0; candidates &= candidates - 1)
            {
                uint intid = (number << 5) + (uint)BitOperations.TrailingZeroCount(candidates);
                uint its = bank.Priority.At(intid);
                if (its < priority)
                {
                    priority = its;
                    best = intid;
                }
            }
        }
        return best;
    }

    private static uint Candidates(ref VirtualGic gic, int self, uint number)
    {
        ref InterruptBank bank = ref gic.Bank(self, number);
        uint wanting = Wanting(ref gic, self, ref bank, number);
        if (number == 0 && (wanting & TimerBit) != 0)
        {
            ListTimer(ref gic.Vcpu(self));
            wanting &= ~TimerBit;
        }
        uint listed = wanting & Volatile.Read(ref bank.Listed);
        for (uint rest = listed; rest != 0; rest &= rest - 1)
            Merge(ref gic, self, (number << 5) + (uint)BitOperations.TrailingZeroCount(rest));
        if (listed != 0)
            wanting = Wanting(ref gic, self, ref bank, number);
        return wanting & ~Volatile.Read(ref bank.Listed) & ~bank.Active;
    }

    private static uint Wanting(ref VirtualGic gic, int self, ref InterruptBank bank, uint number)
    {
        uint wanting = bank.Raised & bank.Enabled & gic.Distributor.Forwarded(bank.Group);
        if (number != 0)
            wanting &= bank.Routed.At(self);
        return wanting;
    }

    private static void ListTimer(ref VirtualRedistributor mine)
    {
        if (mine.Interface.TimerTemplate.Value == 0 || (THardware.ReadElrsr() & 1) == 0)
            return;
        mine.Private.Pending &= ~TimerBit;
        THardware.WriteListRegister0(mine.Interface.TimerTemplate);
    }

    // Pending again while in a list register.
    private static void Merge(ref VirtualGic gic, int self, uint intid)
    {
        int index = FindListed(ref gic, self, intid);
        if (index == NoRegister)
            return;
        ref VirtualCpuInterface books = ref gic.Vcpu(self).Interface;
        ref InterruptBank bank = ref gic.Bank(self, intid >> 5);
        uint bit = 1u << (int)intid;
        // A level whose end will be seen needs nothing more; so it is after each listing.
        if ((bank.Pending & bit) == 0 && books.Shadow.At(index).HasEoi && bank.ClearPending == 0)
            return;
        ListRegister seen = THardware.ReadListRegister(index);
        if (seen.IsInvalid)
        {
            RetireEnded(ref gic, self, index, seen);
            return;
        }
        // HW = 1 is never pending and active: the physical interrupt is the only source (IHI 0069 12.4.7).
        if (seen.IsHw)
            return;
        ListRegister wanted = seen;
        if ((bank.ClearPending & bit) != 0)
        {
            // Asked for before what is pending now.
            wanted = Unlist(ref gic, self, index, seen.With(ListRegister.Pending));
            if (wanted.IsInvalid)
                return;
            seen = wanted;
        }
        if ((Interlocked.And(ref bank.Pending, ~bit) & bit) != 0)
        {
            wanted = wanted.With(ListRegister.Pending);
            books.FromLatch |= 1u << index;
            Note(ref gic, intid);
        }
        if ((bank.Line & ~bank.Edge & bit) != 0)
            wanted = wanted.With(ListRegister.Eoi);
        if (wanted.Value != seen.Value)
            Store(ref books, index, wanted);
    }

    private static void List(ref VirtualGic gic, int self, int index, uint intid)
    {
        ref VirtualCpuInterface books = ref gic.Vcpu(self).Interface;
        uint number = intid >> 5;
        ref InterruptBank bank = ref gic.Bank(self, number);
        uint bit = 1u << (int)intid;
        if ((Interlocked.Or(ref bank.Listed, bit) & bit) != 0)
            return;
        // Asked by one who still saw the listing before this one: what is asked of this one comes after.
        ForgetRequests(ref bank, bit);
        if ((Wanting(ref gic, self, ref bank, number) & ~bank.Active & bit) == 0)
        {
            Release(ref gic, self, intid);
            return;
        }
        uint latch = Interlocked.And(ref bank.Pending, ~bit) & bit;
        uint high = bank.Line & ~bank.Edge & bit;
        if ((latch | high) == 0)
        {
            Release(ref gic, self, intid);
            return;
        }

        ListRegister value = bank.Compose(intid);
        if ((bank.Hardware & bit) != 0)
            value = value.WithPhysical(gic.PhysicalOf(intid));
        else if (high != 0)
            value = value.With(ListRegister.Eoi);
        uint register = 1u << index;
        books.Assigned |= register;
        books.FromLatch = latch != 0 ? books.FromLatch | register : books.FromLatch & ~register;
        if (number == 0)
            books.ListedIn.At(intid) = (byte)index;
        Store(ref books, index, value);
        Note(ref gic, intid);
    }

    // A free list register for an interrupt of this priority, or none if all that is listed comes first. What may
    // become pending without an exit counts as listed too: pending and active, which turns pending by its EOI.
    private static uint MakeRoom(ref VirtualGic gic, int self, uint priority)
    {
        ref VirtualCpuInterface books = ref gic.Vcpu(self).Interface;
        int pending = NoRegister;
        int active = NoRegister;
        ListRegister worstPending = default;
        ListRegister worstActive = default;
        for (uint rest = books.Assigned; rest != 0; rest &= rest - 1)
        {
            int index = BitOperations.TrailingZeroCount(rest);
            ListRegister seen = THardware.ReadListRegister(index);
            if (seen.IsInvalid)
            {
                // Ended with an EOI maintenance interrupt that has not come yet.
                RetireEnded(ref gic, self, index, seen);
                return 1u << index;
            }
            if (seen.IsPending && (pending == NoRegister || seen.Priority > worstPending.Priority))
            {
                pending = index;
                worstPending = seen;
            }
            else if (!seen.IsPending && (active == NoRegister || seen.Priority > worstActive.Priority))
            {
                active = index;
                worstActive = seen;
            }
        }
        if (pending != NoRegister && worstPending.Priority > priority)
        {
            if (worstPending.IsActive)
                Spill(ref gic, self, pending, worstPending);
            else
                Unlist(ref gic, self, pending, worstPending);
            return 1u << pending;
        }
        if (AnyOnlyPending(ref books) || (active & pending) == NoRegister)
            return 0;
        // NPIE would not fall silent: something pending must be listed.
        bool plain = active != NoRegister;
        int victim = plain ? active : pending;
        Spill(ref gic, self, victim, plain ? worstActive : worstPending);
        return 1u << victim;
    }

    private static bool AnyOnlyPending(ref VirtualCpuInterface books)
    {
        for (uint rest = books.Assigned; rest != 0; rest &= rest - 1)
        {
            if (THardware.ReadListRegister(BitOperations.TrailingZeroCount(rest)).IsOnlyPending)
                return true;
        }
        return false;
    }

    // An active interrupt leaves its list register. Its end will be counted (EOIcount) or trapped (TDIR).
    private static void Spill(ref VirtualGic gic, int self, int index, ListRegister seen)
    {
        if (seen.IsPending)
            seen = Unlist(ref gic, self, index, seen);
        ref VirtualCpuInterface books = ref gic.Vcpu(self).Interface;
        uint intid = seen.VirtualId;
        uint bit = 1u << (int)intid;
        Interlocked.Or(ref gic.Bank(self, intid >> 5).Active, bit);
        books.Spilled.At(intid >> 5) |= bit;
        books.SpilledBanks |= 1u << (int)(intid >> 5);
        THardware.WriteListRegister(index, default);
        Retire(ref gic, self, index);
    }

    // EOIcount deactivations without a list register since ICH_HCR_EL2 was last written. With EOImode 0 the guest
    // ends its active interrupts innermost first, and that is the one with the best priority (IHI 0069 4.8.5, 12.4.5).
    private static bool CountDeactivations(ref VirtualGic gic, int self)
    {
        ref VirtualCpuInterface books = ref gic.Vcpu(self).Interface;
        uint count = HypControl.EoiCount(THardware.ReadHcr());
        if (count == 0)
            return false;
        THardware.WriteHcr(books.Control);
        for (; count != 0 && books.SpilledBanks != 0; count--)
        {
            uint best = NoInterrupt;
            uint priority = 0x100;
            for (uint words = books.SpilledBanks; words != 0; words &= words - 1)
            {
                uint number = (uint)BitOperations.TrailingZeroCount(words);
                ref InterruptBank bank = ref gic.Bank(self, number);
                for (uint rest = books.Spilled.At(number); rest != 0; rest &= rest - 1)
                {
                    uint intid = (number << 5) + (uint)BitOperations.TrailingZeroCount(rest);
                    if (bank.Priority.At(intid) < priority)
                    {
                        priority = bank.Priority.At(intid);
                        best = intid;
                    }
                }
            }
            DeactivateInMemory(ref gic, self, best);
        }
        return true;
    }

    /// <summary>Ends the active state of an interrupt that is not in a list register.</summary>
    public static void DeactivateInMemory(ref VirtualGic gic, int self, uint intid)
    {
        ref VirtualCpuInterface books = ref gic.Vcpu(self).Interface;
        uint number = intid >> 5;
        ref InterruptBank bank = ref gic.Bank(self, number);
        uint bit = 1u << (int)intid;
        books.Spilled.At(number) &= ~bit;
        if (books.Spilled.At(number) == 0)
            books.SpilledBanks &= ~(1u << (int)number);
        if ((Interlocked.And(ref bank.Active, ~bit) & bit) == 0)
            return;
        if ((bank.Hardware & bit) != 0)
            THardware.DeactivatePhysical(gic.PhysicalOf(intid));
        WantAgain(ref gic, self, intid);
    }

    // Active in a list register, ended by other means than the guest's CPU interface.
    private static void EndActive(ref VirtualGic gic, int self, int index, ListRegister seen)
    {
        if (seen.IsHw)
            THardware.DeactivatePhysical(seen.PhysicalId);
        if (seen.IsPending)
        {
            Store(ref gic.Vcpu(self).Interface, index, seen.Without(ListRegister.Active));
            return;
        }
        THardware.WriteListRegister(index, default);
        Retire(ref gic, self, index);
    }

    // Takes the pending state out of a list register; returns what stays in it. Invalid means the register is free.
    private static ListRegister Unlist(ref VirtualGic gic, int self, int index, ListRegister seen)
    {
        ref VirtualCpuInterface books = ref gic.Vcpu(self).Interface;
        uint intid = seen.VirtualId;
        ref InterruptBank bank = ref gic.Bank(self, intid >> 5);
        uint bit = 1u << (int)intid;
        uint register = 1u << index;
        if ((bank.ClearPending & bit) != 0)
        {
            Interlocked.And(ref bank.ClearPending, ~bit);
            if (seen.IsHw)
                THardware.DeactivatePhysical(seen.PhysicalId);
        }
        else if ((books.FromLatch & register) != 0)
        {
            Interlocked.Or(ref bank.Pending, bit);
            books.Backlog |= 1u << (int)(intid >> 5);
        }
        books.FromLatch &= ~register;
        if (seen.IsActive)
        {
            seen = seen.Without(ListRegister.Pending);
            Store(ref books, index, seen);
            return seen;
        }
        THardware.WriteListRegister(index, default);
        Retire(ref gic, self, index);
        return default;
    }

    // Ended by the guest. With the EOI bit there is a maintenance interrupt, perhaps not yet taken: it is not needed now.
    private static void RetireEnded(ref VirtualGic gic, int self, int index, ListRegister seen)
    {
        if (seen.HasEoi)
            THardware.WriteListRegister(index, default);
        Retire(ref gic, self, index);
    }

    // The list register's interrupt is no longer in it. The register itself has been or will be rewritten.
    private static void Retire(ref VirtualGic gic, int self, int index)
    {
        ref VirtualCpuInterface books = ref gic.Vcpu(self).Interface;
        books.Assigned &= ~(1u << index);
        books.FromLatch &= ~(1u << index);
        Release(ref gic, self, books.Shadow.At(index).VirtualId);
    }

    /// <summary>The claim to an interrupt ends, and with it what was asked of whoever had it.</summary>
    public static void Release(ref VirtualGic gic, int self, uint intid)
    {
        uint bit = 1u << (int)intid;
        ref InterruptBank bank = ref gic.Bank(self, intid >> 5);
        if (intid < InterruptId.FirstSpi)
        {
            bank.Listed &= ~bit;
            bank.ClearPending &= ~bit;
            bank.ClearActive &= ~bit;
            if ((bank.Raised & bit) != 0)
                gic.Vcpu(self).Interface.Backlog |= 1;
            return;
        }
        ForgetRequests(ref bank, bit);
        Interlocked.And(ref bank.Listed, ~bit);
        WantAgain(ref gic, self, intid);
    }

    private static void ForgetRequests(ref InterruptBank bank, uint bit)
    {
        if (((bank.ClearPending | bank.ClearActive) & bit) == 0)
            return;
        Interlocked.And(ref bank.ClearPending, ~bit);
        Interlocked.And(ref bank.ClearActive, ~bit);
    }

    /// <summary>An interrupt that is still raised is for whoever it is routed to.</summary>
    public static void WantAgain(ref VirtualGic gic, int self, uint intid)
    {
        ref InterruptBank bank = ref gic.Bank(self, intid >> 5);
        if ((bank.Raised & (1u << (int)intid)) == 0)
            return;
        if (intid < InterruptId.FirstSpi)
            gic.Vcpu(self).Interface.Backlog |= 1;
        else
            Notify(ref gic, self, intid);
    }

    /// <summary>The list register of this vCPU that holds the interrupt, or -1.</summary>
    public static int FindListed(ref VirtualGic gic, int self, uint intid)
    {
        if (self < 0)
            return NoRegister;
        ref VirtualCpuInterface books = ref gic.Vcpu(self).Interface;
        for (uint rest = books.Assigned; rest != 0; rest &= rest - 1)
        {
            int index = BitOperations.TrailingZeroCount(rest);
            if (books.Shadow.At(index).VirtualId == intid)
                return index;
        }
        return NoRegister;
    }

    /// <summary>Copies the live list registers to memory.</summary>
    public static void PublishOwn(ref VirtualGic gic, int self)
    {
        ref VirtualCpuInterface books = ref gic.Vcpu(self).Interface;
        books.Shadow.At(0) = THardware.ReadListRegister(0);
        for (uint rest = books.Assigned; rest != 0; rest &= rest - 1)
        {
            int index = BitOperations.TrailingZeroCount(rest);
            ListRegister seen = THardware.ReadListRegister(index);
            books.Shadow.At(index) = seen;
            if (seen.IsInvalid)
                RetireEnded(ref gic, self, index, seen);
        }
        Refill(ref gic, self);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Note(ref VirtualGic gic, uint intid)
    {
        if (gic.IsTraced)
            THardware.NoteListed(intid);
    }

    private static void Store(ref VirtualCpuInterface books, int index, ListRegister value)
    {
        books.Shadow.At(index) = value;
        THardware.WriteListRegister(index, value);
    }
}
