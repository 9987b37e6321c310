using System.Runtime.CompilerServices;
using System.Threading;
using Bulkhead.Devices;

namespace Bulkhead.Arm64.Gic;

/// <summary>
/// The guest's accesses to GICD (IHI 0069 12.8, 12.9), affinity routing always on, one security state. What does not
/// exist, and an access of a width the register does not have, is RAZ/WI.
/// </summary>
public static class DistributorRegisters<THardware> where THardware : struct, IGicCpuInterface
{
    public const uint FrameSize = 0x1_0000;

    // GICD_CTLR (12.9.4)
    private const uint EnableGrp0 = 1 << 0;
    private const uint EnableGrp1 = 1 << 1;
    private const uint Are = 1 << 4;
    private const uint Ds = 1 << 6;
    private const uint Rwp = 1u << 31;

    private const uint Ipriorityr = 0x400;
    private const uint Itargetsr = 0x800;
    private const uint Icfgr = 0xc00;
    private const uint IcfgrEnd = 0xd00;
    private const uint Irouter = 0x6000;
    private const uint IrouterEnd = 0x8000;

    /// <summary>IROUTER of an interrupt that goes to an affinity no vCPU has.</summary>
    private const ulong Nowhere = 0xff_00ff_ffff;

    private const ulong AffinityMask = 0xff_00ff_ffff;

    public static ulong Read(ref VirtualGic gic, int self, uint offset, AccessSize size)
    {
        if (size == AccessSize.Word && (offset & 3) == 0)
        {
            if (offset == 4)
                return gic.Distributor.Typer;
            if (offset < Ipriorityr)
                return ReadBits(ref gic, self, offset);
            if (offset < Itargetsr)
                return gic.Distributor.Banks.At((offset - Ipriorityr) >> 5).Priority.WordAt(offset);
        }
        return ReadOther(ref gic, offset, size);
    }

    public static void Write(ref VirtualGic gic, int self, uint offset, AccessSize size, ulong value)
    {
        if (size == AccessSize.Word && (offset & 3) == 0 && offset < Ipriorityr)
        {
            if (offset >= 0x80)
                WriteBits(ref gic, self, (RegisterBank)(offset >> 7), (offset >> 2) & 31, (uint)value);
            else if (offset == 0)
                WriteControl(ref gic, self, (uint)value);
            return;
        }
        WriteOther(ref gic, self, offset, size, value);
    }

    private static ulong ReadBits(ref VirtualGic gic, int self, uint offset)
    {
        var register = (RegisterBank)(offset >> 7);
        // Enables first: they are what a guest reads most.
        return register == RegisterBank.Isenabler || register == RegisterBank.Icenabler
            ? gic.Distributor.Banks.At((offset >> 2) & 31).Enabled : ReadRareBits(ref gic, self, offset);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong ReadRareBits(ref VirtualGic gic, int self, uint offset)
    {
        uint number = (offset >> 2) & 31;
        switch ((RegisterBank)(offset >> 7))
        {
            case RegisterBank.Control:
                return ReadControl(ref gic, offset);
            case RegisterBank.Igroupr:
                return gic.Distributor.Banks.At(number).Group;
            case RegisterBank.Ispendr:
            case RegisterBank.Icpendr:
                return LiveState<THardware>.Pending(ref gic, self, number);
            default:
                return LiveState<THardware>.Active(ref gic, self, number);
        }
    }

    private static uint ReadControl(ref VirtualGic gic, uint offset)
    {
        if (offset == 8)
            return Identification.Iidr;
        if (offset != 0)
            return 0;
        uint value = Are | Ds | (gic.Distributor.Group0Mask & EnableGrp0) | (gic.Distributor.Group1Mask & EnableGrp1);
        // RWP while a vCPU has yet to withdraw what a write disabled.
        for (int vcpu = 0; vcpu < gic.VcpuCount; vcpu++)
        {
            if (gic.Vcpu(vcpu).Owes(Inbox.Recheck))
                return value | Rwp;
        }
        return value;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong ReadOther(ref VirtualGic gic, uint offset, AccessSize size)
    {
        if (offset >= Ipriorityr && offset < Itargetsr)
            return size == AccessSize.Byte
                ? gic.Distributor.Banks.At((offset - Ipriorityr) >> 5).Priority.At(offset) : 0u;
        if (offset >= Irouter && offset < IrouterEnd)
            return ReadRoute(ref gic, offset, size);
        if (size != AccessSize.Word || (offset & 3) != 0)
            return 0;
        if (offset >= Icfgr && offset < IcfgrEnd)
        {
            uint edge = gic.Distributor.Banks.At((offset - Icfgr) >> 3).Edge;
            return TwoBitFields.Spread((offset & 4) != 0 ? edge >> 16 : edge);
        }
        return offset >= Identification.First ? Identification.Read(offset) : 0;
    }

    private static ulong ReadRoute(ref VirtualGic gic, uint offset, AccessSize size)
    {
        uint intid = (offset - Irouter) >> 3;
        if (!IsImplemented(ref gic, intid))
            return 0;
        int route = gic.RouteOf(intid);
        ulong value = route < 0 ? Nowhere : (uint)route;
        if (size == AccessSize.DoubleWord && (offset & 7) == 0)
            return value;
        if (size != AccessSize.Word || (offset & 3) != 0)
            return 0;
        return (offset & 4) != 0 ? value >> 32 : (uint)value;
    }

    private static bool IsImplemented(ref VirtualGic gic, uint intid) =>
        ((gic.Distributor.Banks.At(intid >> 5).Implemented >> (int)intid) & 1) != 0;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void WriteControl(ref VirtualGic gic, int self, uint value)
    {
        uint group0 = (value & EnableGrp0) != 0 ? ~0u : 0;
        uint group1 = (value & EnableGrp1) != 0 ? ~0u : 0;
        ref VirtualDistributor distributor = ref gic.Distributor;
        if (distributor.Group0Mask == group0 && distributor.Group1Mask == group1)
            return;
        Volatile.Write(ref distributor.Group0Mask, group0);
        Volatile.Write(ref distributor.Group1Mask, group1);
        Interlocked.MemoryBarrier();
        WakeAll(ref gic, self);
    }

    // Groups decide for every interrupt at once: each vCPU looks at everything it could deliver.
    private static void WakeAll(ref VirtualGic gic, int self)
    {
        for (int vcpu = 0; vcpu < gic.VcpuCount; vcpu++)
        {
            if (vcpu == self)
                gic.Vcpu(vcpu).Interface.Backlog = ~0u;
            else
                Interlocked.Or(ref gic.Vcpu(vcpu).Inbox.Banks, ~0u);
        }
        Inboxes<THardware>.RequestRecheck(ref gic, self);
    }

    private static void WriteBits(ref VirtualGic gic, int self, RegisterBank register, uint number, uint value)
    {
        ref InterruptBank bank = ref gic.Distributor.Banks.At(number);
        value &= bank.Implemented;
        switch (register)
        {
            case RegisterBank.Isenabler:
                uint enabled = value & ~Interlocked.Or(ref bank.Enabled, value);
                if ((enabled & (bank.Hardware | bank.Raised)) != 0)
                    SharedState<THardware>.Enabled(ref gic, self, number, enabled);
                break;
            case RegisterBank.Icenabler:
                uint disabled = value & Interlocked.And(ref bank.Enabled, ~value);
                if ((disabled & (bank.Hardware | bank.Listed)) != 0)
                    SharedState<THardware>.Disabled(ref gic, self, number, disabled);
                break;
            case RegisterBank.Igroupr:
                uint before = Interlocked.Exchange(ref bank.Group, value);
                SharedState<THardware>.Changed(ref gic, self, number, before ^ value);
                break;
            case RegisterBank.Ispendr:
                SharedState<THardware>.SetPending(ref gic, self, number, value);
                break;
            case RegisterBank.Icpendr:
                SharedState<THardware>.ClearPending(ref gic, self, number, value);
                break;
            case RegisterBank.Isactiver:
                SharedState<THardware>.SetActive(ref gic, self, number, value);
                break;
            case RegisterBank.Icactiver:
                SharedState<THardware>.ClearActive(ref gic, self, number, value);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void WriteOther(ref VirtualGic gic, int self, uint offset, AccessSize size, ulong value)
    {
        if (offset >= Ipriorityr && offset < Itargetsr)
        {
            uint number = (offset - Ipriorityr) >> 5;
            ref InterruptBank bank = ref gic.Distributor.Banks.At(number);
            uint changed = Priorities.Write(ref bank, offset, size, (uint)value);
            SharedState<THardware>.Changed(ref gic, self, number, changed);
        }
        else if (offset >= Irouter && offset < IrouterEnd)
        {
            WriteRoute(ref gic, self, offset, size, value);
        }
        else if (offset >= Icfgr && offset < IcfgrEnd && size == AccessSize.Word && (offset & 3) == 0)
        {
            bool upper = (offset & 4) != 0;
            uint bits = TwoBitFields.Gather((uint)value);
            SharedState<THardware>.Configure(ref gic, self, (offset - Icfgr) >> 3, upper ? bits << 16 : bits,
                upper ? 0xffff_0000 : 0xffff);
        }
    }

    private static void WriteRoute(ref VirtualGic gic, int self, uint offset, AccessSize size, ulong value)
    {
        uint intid = (offset - Irouter) >> 3;
        if (!IsImplemented(ref gic, intid))
            return;
        if (size == AccessSize.Word && (offset & 3) == 0)
        {
            ulong before = ReadRoute(ref gic, offset & ~7u, AccessSize.DoubleWord);
            value = (offset & 4) != 0 ? (before & 0xffff_ffff) | (value << 32)
                : (before & ~0xffff_fffful) | (uint)value;
        }
        else if (size != AccessSize.DoubleWord || (offset & 7) != 0)
        {
            return;
        }
        // Interrupt_Routing_Mode is RES0: GICD_TYPER.No1N.
        value &= AffinityMask;
        int target = value < (uint)gic.VcpuCount ? (int)value : -1;
        SharedState<THardware>.Route(ref gic, self, intid, target);
    }
}
