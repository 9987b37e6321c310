using System.Numerics;
using System.Runtime.CompilerServices;
using System.Threading;

namespace Bulkhead.Arm64.Gic;

/// <summary>
/// Who has an interrupt. It is in at most one list register of the guest: its Listed bit is the claim to it. Whoever changes
/// what decides about delivery (enable, group, route, pending) writes that first and looks at Listed next; whoever lists
/// sets Listed first and looks at the deciding words next. Both are sequentially consistent, so one of the two sees the other.
/// </summary>
public static class Claims<THardware> where THardware : struct, IGicCpuInterface
{
    /// <summary>The list register of this vCPU that holds the interrupt, or -1.</summary>
    public static int FindListed(ref VirtualGic gic, int self, uint intid)
    {
        if (self < 0)
            return ListRegister.NoIndex;
        ref VirtualCpuInterface books = ref gic.Vcpu(self).Interface;
        for (uint rest = books.Assigned; rest != 0; rest &= rest - 1)
        {
            int index = BitOperations.TrailingZeroCount(rest);
            if (books.Shadow.At(index).VirtualId == intid)
                return index;
        }
        return ListRegister.NoIndex;
    }

    /// <summary>Takes the pending state out of a list register; returns what stays in it. Invalid means the register is free.</summary>
    public static ListRegister Unlist(ref VirtualGic gic, int self, int index, ListRegister seen)
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

    /// <summary>Active in a list register, ended by other means than the guest's CPU interface.</summary>
    public static void EndActive(ref VirtualGic gic, int self, int index, ListRegister seen)
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

    /// <summary>Ended by the guest. With the EOI bit there is a maintenance interrupt, perhaps not yet taken: it is not needed now.</summary>
    public static void RetireEnded(ref VirtualGic gic, int self, int index, ListRegister seen)
    {
        if (seen.HasEoi)
            THardware.WriteListRegister(index, default);
        Retire(ref gic, self, index);
    }

    /// <summary>The list register's interrupt is no longer in it. The register itself has been or will be rewritten.</summary>
    public static void Retire(ref VirtualGic gic, int self, int index)
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
        Inboxes<THardware>.WantAgain(ref gic, self, intid);
    }

    public static void ForgetRequests(ref InterruptBank bank, uint bit)
    {
        if (((bank.ClearPending | bank.ClearActive) & bit) == 0)
            return;
        Interlocked.And(ref bank.ClearPending, ~bit);
        Interlocked.And(ref bank.ClearActive, ~bit);
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
        Listing<THardware>.Refill(ref gic, self);
    }

    public static void Store(ref VirtualCpuInterface books, int index, ListRegister value)
    {
        books.Shadow.At(index) = value;
        THardware.WriteListRegister(index, value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Note(ref VirtualGic gic, uint intid)
    {
        if (gic.IsTraced)
            THardware.NoteListed(intid);
    }
}
