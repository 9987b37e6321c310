using System.Numerics;
using System.Threading;

namespace Bulkhead.Arm64.Gic;

/// <summary>
/// Pending and active as a guest reads them: what memory holds and what is in list registers. Another vCPU's list
/// registers are its own to read, so it is asked to publish them; that is rare and never on a delivery path.
/// </summary>
public static class LiveState<THardware> where THardware : struct, IGicCpuInterface
{
    private const int Patience = 1 << 20;

    public static uint Pending(ref VirtualGic gic, int self, uint number)
    {
        ref InterruptBank bank = ref gic.Distributor.Banks.At(number);
        Synchronize(ref gic, self, bank.Listed);
        uint pending = bank.Raised | Listed(ref gic, number, ListRegister.Pending);
        for (uint rest = bank.Hardware & ~pending; rest != 0; rest &= rest - 1)
        {
            uint intid = (number << 5) + (uint)BitOperations.TrailingZeroCount(rest);
            if (THardware.ReadPhysicalPending(gic.PhysicalOf(intid)))
                pending |= rest & (0 - rest);
        }
        return pending;
    }

    public static uint Active(ref VirtualGic gic, int self, uint number)
    {
        ref InterruptBank bank = ref gic.Distributor.Banks.At(number);
        Synchronize(ref gic, self, bank.Listed);
        return bank.Active | Listed(ref gic, number, ListRegister.Active);
    }

    public static uint PrivatePending(ref VirtualGic gic, int self, int target)
    {
        Publish(ref gic, self, target);
        ref VirtualRedistributor vcpu = ref gic.Vcpu(target);
        uint pending = vcpu.Private.Raised | vcpu.Inbox.Private
            | ListedBy(ref vcpu.Interface, 0, ListRegister.Pending);
        if (self == target && THardware.ReadPhysicalPending(InterruptId.VirtualTimer))
            pending |= TimerRegister<THardware>.Bit;
        return pending;
    }

    public static uint PrivateActive(ref VirtualGic gic, int self, int target)
    {
        Publish(ref gic, self, target);
        ref VirtualRedistributor vcpu = ref gic.Vcpu(target);
        return vcpu.Private.Active | ListedBy(ref vcpu.Interface, 0, ListRegister.Active);
    }

    private static void Synchronize(ref VirtualGic gic, int self, uint listed)
    {
        if (listed == 0)
            return;
        for (int vcpu = 0; vcpu < gic.VcpuCount; vcpu++)
            Publish(ref gic, self, vcpu);
    }

    // Two vCPUs may ask each other at the same time: whoever waits answers too.
    private static void Publish(ref VirtualGic gic, int self, int target)
    {
        if (target == self)
        {
            Claims<THardware>.PublishOwn(ref gic, self);
            return;
        }
        ref VirtualRedistributor other = ref gic.Vcpu(target);
        Inboxes<THardware>.Request(ref gic, target, Inbox.Publish);
        for (int turn = 0; turn < Patience; turn++)
        {
            if (!other.Owes(Inbox.Publish))
                return;
            if ((Volatile.Read(ref gic.Vcpu(self).Inbox.Requests) & Inbox.Publish) != 0)
                Inboxes<THardware>.Drain(ref gic, self);
            THardware.Relax();
        }
    }

    private static uint Listed(ref VirtualGic gic, uint number, ulong state)
    {
        uint found = 0;
        for (int vcpu = 0; vcpu < gic.VcpuCount; vcpu++)
            found |= ListedBy(ref gic.Vcpu(vcpu).Interface, number, state);
        return found;
    }

    private static uint ListedBy(ref VirtualCpuInterface books, uint number, ulong state)
    {
        uint found = 0;
        // List register 0 is the timer's and never counted as assigned.
        for (uint rest = books.Assigned | 1; rest != 0; rest &= rest - 1)
        {
            ListRegister seen = books.Shadow.At(BitOperations.TrailingZeroCount(rest));
            if (seen.VirtualId >> 5 == number && (seen.Value & state) != 0)
                found |= 1u << (int)seen.VirtualId;
        }
        return found;
    }
}
