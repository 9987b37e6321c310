using System.Numerics;
using System.Threading;

namespace Bulkhead.Arm64.Gic;

/// <summary>From one vCPU to another: what it has to look at, and the kick that brings it out of its guest.</summary>
public static class Inboxes<THardware> where THardware : struct, IGicCpuInterface
{
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
                Delivery<THardware>.RaisePrivate(ref gic, self, (uint)BitOperations.TrailingZeroCount(raised));
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
            Rechecks<THardware>.Recheck(ref gic, self);
        }
        else
        {
            Listing<THardware>.Refill(ref gic, self);
        }
        if ((requests & Inbox.Publish) != 0)
        {
            Claims<THardware>.PublishOwn(ref gic, self);
            Interlocked.And(ref mine.Inbox.Requests, ~Inbox.Publish);
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

    /// <summary>Every vCPU of the guest looks at its list registers again; this one at once.</summary>
    public static void RequestRecheck(ref VirtualGic gic, int self)
    {
        RequestRecheckOfOthers(ref gic, self);
        if (self >= 0)
            Rechecks<THardware>.Recheck(ref gic, self);
    }

    public static void RequestRecheckOfOthers(ref VirtualGic gic, int self)
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
}
