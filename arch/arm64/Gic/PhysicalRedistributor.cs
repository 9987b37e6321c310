using Bulkhead.Devices;
using Bulkhead.Memory;

namespace Bulkhead.Arm64.Gic;

/// <summary>One CPU's GICR (IHI 0069 12.11), used by that CPU.</summary>
public struct PhysicalRedistributor<TMmio> where TMmio : struct, IMmio
{
    private const uint Ctlr = 0x0;
    private const uint Typer = 0x8;
    private const uint Waker = 0x14;
    private const uint ProcessorSleep = 1 << 1;
    private const uint ChildrenAsleep = 1 << 2;
    private const uint SgiBase = 0x1_0000;
    private const uint Igroupr0 = SgiBase + 0x80;
    private const uint Isenabler0 = SgiBase + 0x100;
    private const uint Icenabler0 = SgiBase + 0x180;
    private const uint Ispendr0 = SgiBase + 0x200;
    private const uint Icpendr0 = SgiBase + 0x280;
    private const uint Isactiver0 = SgiBase + 0x300;
    private const uint Icactiver0 = SgiBase + 0x380;
    private const uint Ipriorityr = SgiBase + 0x400;
    private const uint Rwp = 1 << 3;
    private const uint Last = 1 << 4;

    private HostPhys _base;

    /// <summary>
    /// Finds this CPU's frames by affinity among those from <paramref name="first"/> on, at most as many as the board
    /// has CPUs; false if there are none.
    /// </summary>
    public bool Find(HostPhys first, ulong stride, int frames, ulong mpidr)
    {
        uint affinity = (uint)mpidr & 0xff_ffff | ((uint)(mpidr >> 32) & 0xff) << 24;
        HostPhys frame = first;
        for (int i = 0; i < frames; i++, frame += stride)
        {
            if (TMmio.Read32(frame + (Typer + 4)) == affinity)
            {
                _base = frame;
                return true;
            }
            if ((TMmio.Read32(frame + Typer) & Last) != 0)
                break;
        }
        return false;
    }

    /// <summary>Wakes it; of the private interrupts only the hypervisor's kick and maintenance are enabled.</summary>
    public void Initialize()
    {
        Write(Waker, Read(Waker) & ~ProcessorSleep);
        while ((Read(Waker) & ChildrenAsleep) != 0)
        {
        }
        Write(Icenabler0, ~0u);
        WaitForWrites();
        Write(Icpendr0, ~0u);
        Write(Icactiver0, ~0u);
        Write(Igroupr0, ~0u);
        for (uint i = 0; i < 32; i += 4)
            Write(Ipriorityr + i, PhysicalDistributor<TMmio>.Priorities);
        Write(Isenabler0, (1u << (int)InterruptId.Kick) | (1u << (int)InterruptId.Stop) | (1u << (int)InterruptId.Maintenance));
        WaitForWrites();
    }

    public void SetEnable(uint intid, bool enable)
    {
        Write(enable ? Isenabler0 : Icenabler0, 1u << (int)intid);
        if (!enable)
            WaitForWrites();
    }

    public void SetPending(uint intid, bool pending) => Write(pending ? Ispendr0 : Icpendr0, 1u << (int)intid);

    public void SetActive(uint intid, bool active) => Write(active ? Isactiver0 : Icactiver0, 1u << (int)intid);

    public bool IsPending(uint intid) => ((Read(Ispendr0) >> (int)intid) & 1) != 0;

    private void WaitForWrites()
    {
        while ((Read(Ctlr) & Rwp) != 0)
        {
        }
    }

    private readonly uint Read(uint offset) => TMmio.Read32(_base + offset);

    private readonly void Write(uint offset, uint value) => TMmio.Write32(_base + offset, value);
}
