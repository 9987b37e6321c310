using System.Runtime.CompilerServices;
using System.Threading;
using Bulkhead.Devices;

namespace Bulkhead.Arm64.Gic;

/// <summary>
/// The guest's accesses to GICR (IHI 0069 12.10, 12.11): for each vCPU the RD_base frame and the SGI_base frame, no
/// LPIs. The offset counts from the first vCPU's RD_base.
/// </summary>
public static class RedistributorRegisters<THardware> where THardware : struct, IGicCpuInterface
{
    /// <summary>Two frames of 64 KiB for each vCPU.</summary>
    public const int StrideShift = 17;

    private const uint SgiBase = 0x1_0000;
    private const uint Typer = 0x8;
    private const uint Waker = 0x14;
    private const uint ProcessorSleep = 1 << 1;
    private const uint ChildrenAsleep = 1 << 2;
    private const uint Ipriorityr = SgiBase + 0x400;
    private const uint IpriorityrEnd = SgiBase + 0x420;
    private const uint Icfgr0 = SgiBase + 0xc00;
    private const uint Icfgr1 = SgiBase + 0xc04;
    private const uint SgiEdges = 0xffff;

    public static ulong Read(ref VirtualGic gic, int self, uint offset, AccessSize size)
    {
        int target = (int)(offset >> StrideShift);
        offset &= (1u << StrideShift) - 1;
        if (target >= gic.VcpuCount)
            return 0;
        // Apart from the rest, which needs a frame: kernels walk the TYPERs to find their redistributor.
        if (offset == Typer && size >= AccessSize.Word)
        {
            ulong value = ReadTyper(ref gic, target);
            return size == AccessSize.Word ? (uint)value : value;
        }
        return ReadOther(ref gic, self, target, offset, size);
    }

    // Affinity_Value, Processor_Number, Last; no LPIs, no MPAM (12.11.35).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong ReadTyper(ref VirtualGic gic, int target)
    {
        uint low = (uint)target << 8;
        if (target == gic.VcpuCount - 1)
            low |= 1u << 4;
        return low | (ulong)(uint)target << 32;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong ReadOther(ref VirtualGic gic, int self, int target, uint offset, AccessSize size)
    {
        ref InterruptBank bank = ref gic.Vcpu(target).Private;
        if (size == AccessSize.Word && (offset & 3) == 0)
        {
            if ((offset & ~0x380u) == SgiBase)
                return ReadBits(ref gic, self, target, (RegisterBank)((offset - SgiBase) >> 7));
            if (offset >= Ipriorityr && offset < IpriorityrEnd)
                return bank.Priority.WordAt(offset);
            return ReadOther(ref gic, target, offset);
        }
        if (size == AccessSize.Byte && offset >= Ipriorityr && offset < IpriorityrEnd)
            return bank.Priority.At(offset);
        return 0;
    }

    private static uint ReadBits(ref VirtualGic gic, int self, int target, RegisterBank register)
    {
        ref InterruptBank bank = ref gic.Vcpu(target).Private;
        switch (register)
        {
            case RegisterBank.Igroupr:
                return bank.Group;
            case RegisterBank.Isenabler:
            case RegisterBank.Icenabler:
                return bank.Enabled;
            case RegisterBank.Ispendr:
            case RegisterBank.Icpendr:
                return LiveState<THardware>.PrivatePending(ref gic, self, target);
            case RegisterBank.Isactiver:
            case RegisterBank.Icactiver:
                return LiveState<THardware>.PrivateActive(ref gic, self, target);
            default:
                return 0;
        }
    }

    private static uint ReadOther(ref VirtualGic gic, int target, uint offset)
    {
        if (offset >= Identification.First && offset < SgiBase)
            return Identification.Read(offset);
        switch (offset)
        {
            case 0x4:
                return Identification.Iidr;
            case Typer + 4:
                return (uint)target;
            case Waker:
                return gic.Vcpu(target).Asleep != 0 ? ProcessorSleep | ChildrenAsleep : 0;
            case Icfgr0:
            case Icfgr1:
                uint edge = gic.Vcpu(target).Private.Edge;
                return TwoBitFields.Spread(offset == Icfgr1 ? edge >> 16 : edge);
            default:
                // CTLR among them: RWP is clear, LPIs cannot be enabled.
                return 0;
        }
    }

    public static void Write(ref VirtualGic gic, int self, uint offset, AccessSize size, ulong value)
    {
        int target = (int)(offset >> StrideShift);
        offset &= (1u << StrideShift) - 1;
        if (target >= gic.VcpuCount)
            return;
        ref VirtualRedistributor vcpu = ref gic.Vcpu(target);
        if (offset >= Ipriorityr && offset < IpriorityrEnd)
        {
            uint changed = Priorities.Write(ref vcpu.Private, offset, size, (uint)value);
            if (changed != 0)
                Changed(ref gic, self, target);
            return;
        }
        if (size != AccessSize.Word || (offset & 3) != 0)
            return;
        if ((offset & ~0x380u) == SgiBase)
            WriteBits(ref gic, self, target, (RegisterBank)((offset - SgiBase) >> 7), (uint)value);
        else if (offset == Waker)
            vcpu.Asleep = (uint)value & ProcessorSleep;
        // ICFGR0 is fixed, and so are the PPIs' triggers: level-sensitive (12.11.7, 12.11.8).
    }

    private static void WriteBits(ref VirtualGic gic, int self, int target, RegisterBank register, uint value)
    {
        ref VirtualRedistributor vcpu = ref gic.Vcpu(target);
        switch (register)
        {
            case RegisterBank.Igroupr:
                if (Interlocked.Exchange(ref vcpu.Private.Group, value) != value)
                    Changed(ref gic, self, target);
                break;
            case RegisterBank.Isenabler:
                uint enabled = value & ~Interlocked.Or(ref vcpu.Private.Enabled, value);
                if (enabled != 0)
                    Enabled(ref gic, self, target, enabled);
                break;
            case RegisterBank.Icenabler:
                uint disabled = value & Interlocked.And(ref vcpu.Private.Enabled, ~value);
                if ((disabled & (vcpu.Private.Listed | vcpu.Private.Hardware)) != 0)
                    Changed(ref gic, self, target);
                break;
            case RegisterBank.Ispendr:
                SetPending(ref gic, self, target, value);
                break;
            case RegisterBank.Icpendr:
                Interlocked.And(ref vcpu.Inbox.Private, ~value);
                Interlocked.Or(ref vcpu.Inbox.ClearPending, value);
                if (self == target && (value & TimerRegister<THardware>.Bit) != 0)
                    THardware.SetPhysicalPending(InterruptId.VirtualTimer, false);
                Changed(ref gic, self, target);
                break;
            case RegisterBank.Isactiver:
                Interlocked.And(ref vcpu.Inbox.ClearActive, ~value);
                Interlocked.Or(ref vcpu.Inbox.SetActive, value);
                Changed(ref gic, self, target);
                break;
            case RegisterBank.Icactiver:
                Interlocked.And(ref vcpu.Inbox.SetActive, ~value);
                Interlocked.Or(ref vcpu.Inbox.ClearActive, value);
                Changed(ref gic, self, target);
                break;
        }
    }

    private static void Enabled(ref VirtualGic gic, int self, int target, uint enabled)
    {
        if (self != target)
        {
            Interlocked.Or(ref gic.Vcpu(target).Inbox.Banks, 1);
            Changed(ref gic, self, target);
            return;
        }
        ref VirtualRedistributor mine = ref gic.Vcpu(self);
        if ((enabled & TimerRegister<THardware>.Bit) != 0)
            TimerRegister<THardware>.Update(ref gic, self);
        if ((enabled & mine.Private.Raised) != 0)
        {
            mine.Interface.Backlog |= 1;
            Listing<THardware>.Refill(ref gic, self);
        }
    }

    private static void SetPending(ref VirtualGic gic, int self, int target, uint value)
    {
        if (value == 0)
            return;
        ref VirtualRedistributor vcpu = ref gic.Vcpu(target);
        uint before = Interlocked.Or(ref vcpu.Inbox.Private, value);
        if (self == target)
            Inboxes<THardware>.Drain(ref gic, self);
        else if (before == 0)
            THardware.SendKick(vcpu.PhysicalCpu);
    }

    private static void Changed(ref VirtualGic gic, int self, int target)
    {
        if (self == target)
        {
            gic.Vcpu(self).Interface.Backlog |= 1;
            Rechecks<THardware>.Recheck(ref gic, self);
            return;
        }
        Interlocked.Or(ref gic.Vcpu(target).Inbox.Banks, 1);
        Inboxes<THardware>.Request(ref gic, target, Inbox.Recheck);
    }
}
