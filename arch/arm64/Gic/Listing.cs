using System.Numerics;
using System.Runtime.CompilerServices;
using System.Threading;

namespace Bulkhead.Arm64.Gic;

/// <summary>From the backlog to the list registers, the best priority first.</summary>
public static class Listing<THardware> where THardware : struct, IGicCpuInterface
{
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
                if (best == InterruptId.None)
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
            TimerRegister<THardware>.Hold(ref gic, self, waiting);
        Control(ref gic, self, starved);
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
        if ((books.Control & HypControl.Lrenpie) != 0 && Spilling<THardware>.CountDeactivations(ref gic, self))
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
        uint best = InterruptId.None;
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
        if (number == 0 && (wanting & TimerRegister<THardware>.Bit) != 0)
        {
            TimerRegister<THardware>.List(ref gic.Vcpu(self));
            wanting &= ~TimerRegister<THardware>.Bit;
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

    /// <summary>A free list register; an unassigned one is best, for there is nothing to retire.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Choose(ref VirtualGic gic, int self, uint free)
    {
        uint unassigned = free & ~gic.Vcpu(self).Interface.Assigned;
        int index = BitOperations.TrailingZeroCount(unassigned != 0 ? unassigned : free);
        if (unassigned == 0)
            Claims<THardware>.Retire(ref gic, self, index);
        return index;
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
        Claims<THardware>.ForgetRequests(ref bank, bit);
        if ((Wanting(ref gic, self, ref bank, number) & ~bank.Active & bit) == 0)
        {
            Claims<THardware>.Release(ref gic, self, intid);
            return;
        }
        uint latch = Interlocked.And(ref bank.Pending, ~bit) & bit;
        uint high = bank.Line & ~bank.Edge & bit;
        if ((latch | high) == 0)
        {
            Claims<THardware>.Release(ref gic, self, intid);
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
        Claims<THardware>.Store(ref books, index, value);
        Claims<THardware>.Note(ref gic, intid);
    }

    // Pending again while in a list register.
    private static void Merge(ref VirtualGic gic, int self, uint intid)
    {
        int index = Claims<THardware>.FindListed(ref gic, self, intid);
        if (index == ListRegister.NoIndex)
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
            Claims<THardware>.RetireEnded(ref gic, self, index, seen);
            return;
        }
        // HW = 1 is never pending and active: the physical interrupt is the only source (IHI 0069 12.4.7).
        if (seen.IsHw)
            return;
        ListRegister wanted = seen;
        if ((bank.ClearPending & bit) != 0)
        {
            // Asked for before what is pending now.
            wanted = Claims<THardware>.Unlist(ref gic, self, index, seen.With(ListRegister.Pending));
            if (wanted.IsInvalid)
                return;
            seen = wanted;
        }
        if ((Interlocked.And(ref bank.Pending, ~bit) & bit) != 0)
        {
            wanted = wanted.With(ListRegister.Pending);
            books.FromLatch |= 1u << index;
            Claims<THardware>.Note(ref gic, intid);
        }
        if ((bank.Line & ~bank.Edge & bit) != 0)
            wanted = wanted.With(ListRegister.Eoi);
        if (wanted.Value != seen.Value)
            Claims<THardware>.Store(ref books, index, wanted);
    }

    // A free list register for an interrupt of this priority, or none if all that is listed comes first. What may
    // become pending without an exit counts as listed too: pending and active, which turns pending by its EOI.
    private static uint MakeRoom(ref VirtualGic gic, int self, uint priority)
    {
        ref VirtualCpuInterface books = ref gic.Vcpu(self).Interface;
        int pending = ListRegister.NoIndex;
        int active = ListRegister.NoIndex;
        ListRegister worstPending = default;
        ListRegister worstActive = default;
        for (uint rest = books.Assigned; rest != 0; rest &= rest - 1)
        {
            int index = BitOperations.TrailingZeroCount(rest);
            ListRegister seen = THardware.ReadListRegister(index);
            if (seen.IsInvalid)
            {
                // Ended with an EOI maintenance interrupt that has not come yet.
                Claims<THardware>.RetireEnded(ref gic, self, index, seen);
                return 1u << index;
            }
            if (seen.IsPending && (pending == ListRegister.NoIndex || seen.Priority > worstPending.Priority))
            {
                pending = index;
                worstPending = seen;
            }
            else if (!seen.IsPending && (active == ListRegister.NoIndex || seen.Priority > worstActive.Priority))
            {
                active = index;
                worstActive = seen;
            }
        }
        if (pending != ListRegister.NoIndex && worstPending.Priority > priority)
        {
            if (worstPending.IsActive)
                Spilling<THardware>.Spill(ref gic, self, pending, worstPending);
            else
                Claims<THardware>.Unlist(ref gic, self, pending, worstPending);
            return 1u << pending;
        }
        if (AnyOnlyPending(ref books) || (active & pending) == ListRegister.NoIndex)
            return 0;
        // NPIE would not fall silent: something pending must be listed.
        bool plain = active != ListRegister.NoIndex;
        int victim = plain ? active : pending;
        Spilling<THardware>.Spill(ref gic, self, victim, plain ? worstActive : worstPending);
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
}
