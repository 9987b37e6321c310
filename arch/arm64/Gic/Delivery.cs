using System.Numerics;
using System.Runtime.CompilerServices;
using System.Threading;

namespace Bulkhead.Arm64.Gic;

/// <summary>
/// What makes an interrupt of a guest pending, or ends it: the physical interrupts it owns, lines of virtual devices, its own
/// deactivations. `self` is, here and in all of the list registers' code, the vCPU of the calling CPU, -1 on a CPU that has
/// none of this guest; only its list registers are touched.
/// </summary>
public static class Delivery<THardware> where THardware : struct, IGicCpuInterface
{
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
            mine.Private.Pending |= TimerRegister<THardware>.Bit;
    }

    /// <summary>A physical SPI of the guest, acknowledged and its priority dropped; by the guest's INTID.</summary>
    public static void OnPhysicalSpi(ref VirtualGic gic, int self, uint intid)
    {
        ref InterruptBank bank = ref gic.Distributor.Banks.At(intid >> 5);
        uint bit = 1u << (int)intid;
        Interlocked.Or(ref bank.Pending, bit);
        Inboxes<THardware>.Notify(ref gic, self, intid);
        // A vCPU that is off has no list register to wait for: its start looks at everything.
        if (gic.Vcpu(self).Online != 0)
            Listing<THardware>.Refill(ref gic, self);
        // It fires, so its last activation has ended; a vCPU it was routed to before has not noticed yet.
        if ((bank.Pending & Volatile.Read(ref bank.Listed) & bit) != 0)
            Inboxes<THardware>.RequestRecheckOfOthers(ref gic, self);
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
                Claims<THardware>.Note(ref gic, intid);
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
            index = Listing<THardware>.Choose(ref gic, self, free);
            bank.Listed |= bit;
            mine.Interface.ListedIn.At(intid) = (byte)index;
            mine.Interface.Assigned |= 1u << index;
        }
        ListRegister value = bank.Compose(intid);
        mine.Interface.FromLatch |= 1u << index;
        mine.Interface.Shadow.At(index) = value;
        THardware.WriteListRegister(index, value);
        Claims<THardware>.Note(ref gic, intid);
        if (mine.Interface.Backlog != 0)
            Listing<THardware>.Refill(ref gic, self);
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
        Listing<THardware>.Refill(ref gic, self);
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
            Inboxes<THardware>.Notify(ref gic, self, intid);
            if (self >= 0)
                Listing<THardware>.Refill(ref gic, self);
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
            Listing<THardware>.Refill(ref gic, self);
        }
        else if ((mine.Private.Listed & bit) != 0)
        {
            LowerListed(ref gic, self, intid);
        }
    }

    // The line of a listed level interrupt fell: pending by level ends, and its EOI is no longer of interest.
    private static void LowerListed(ref VirtualGic gic, int self, uint intid)
    {
        int index = Claims<THardware>.FindListed(ref gic, self, intid);
        if (index == ListRegister.NoIndex)
        {
            Inboxes<THardware>.RequestRecheck(ref gic, self);
            return;
        }
        ref VirtualCpuInterface books = ref gic.Vcpu(self).Interface;
        ListRegister seen = THardware.ReadListRegister(index);
        if (seen.IsInvalid || ((books.FromLatch >> index) & 1) != 0)
            return;
        if (seen.IsOnlyPending)
        {
            Claims<THardware>.Unlist(ref gic, self, index, seen);
            Listing<THardware>.Refill(ref gic, self);
        }
        else if (!Rechecks<THardware>.IsElsewhere(ref gic, self, intid))
        {
            Claims<THardware>.Store(ref books, index, seen.Without(ListRegister.Eoi));
        }
    }

    /// <summary>
    /// The maintenance interrupt (PPI 25). Its deactivation comes after: the line is a level of what is handled here.
    /// </summary>
    public static void OnMaintenance(ref VirtualGic gic, int self)
    {
        ref VirtualCpuInterface books = ref gic.Vcpu(self).Interface;
        if (books.SpilledBanks != 0)
            Spilling<THardware>.CountDeactivations(ref gic, self);
        for (uint ended = THardware.ReadEisr() & books.Usable; ended != 0; ended &= ended - 1)
        {
            int index = BitOperations.TrailingZeroCount(ended);
            THardware.WriteListRegister(index, default);
            if ((books.Assigned & (1u << index)) != 0)
                Claims<THardware>.Retire(ref gic, self, index);
        }
        Listing<THardware>.Refill(ref gic, self);
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
        int index = Claims<THardware>.FindListed(ref gic, self, intid);
        if (index != ListRegister.NoIndex)
        {
            ListRegister seen = THardware.ReadListRegister(index);
            if (seen.IsActive)
            {
                Claims<THardware>.EndActive(ref gic, self, index, seen);
                Listing<THardware>.Refill(ref gic, self);
                return;
            }
        }
        ref InterruptBank bank = ref gic.Bank(self, intid >> 5);
        uint bit = 1u << (int)intid;
        if ((bank.Active & bit) != 0)
        {
            Spilling<THardware>.DeactivateInMemory(ref gic, self, intid);
            Listing<THardware>.Refill(ref gic, self);
        }
        else if (intid >= InterruptId.FirstSpi && (Volatile.Read(ref bank.Listed) & bit) != 0)
        {
            Interlocked.Or(ref bank.ClearActive, bit);
            Inboxes<THardware>.RequestRecheck(ref gic, self);
        }
    }
}
