using Bulkhead.Devices;
using Bulkhead.Memory;

namespace Bulkhead.Arm64.Gic;

/// <summary>The board's GICD (IHI 0069 12.9), affinity routing on, Non-secure view or one security state.</summary>
public struct PhysicalDistributor<TMmio> where TMmio : struct, IMmio
{
    private const uint Ctlr = 0x0;
    private const uint Typer = 0x4;
    private const uint Igroupr = 0x80;
    private const uint Isenabler = 0x100;
    private const uint Icenabler = 0x180;
    private const uint Ispendr = 0x200;
    private const uint Icpendr = 0x280;
    private const uint Isactiver = 0x300;
    private const uint Icactiver = 0x380;
    private const uint Ipriorityr = 0x400;
    private const uint Icfgr = 0xc00;
    private const uint Irouter = 0x6000;
    private const uint Rwp = 1u << 31;

    /// <summary>ARE and EnableGrp1, and in the Non-secure view of two states EnableGrp1A: the same bits serve both.</summary>
    private const uint Enable = (1 << 4) | (1 << 1) | (1 << 0);

    /// <summary>Below idle, above nothing: one priority for all, since no physical interrupt preempts EL2.</summary>
    public const uint Priorities = 0xa0a0_a0a0;

    private HostPhys _base;

    /// <summary>For GICD_ICFGR, which holds sixteen interrupts of perhaps several guests.</summary>
    private SpinLock _configLock;

    /// <summary>Everything off, group 1, level-sensitive; once, on the boot CPU, before any other GIC access.</summary>
    public void Initialize(HostPhys registers)
    {
        _base = registers;
        Write(Ctlr, 0);
        WaitForWrites();
        uint banks = (Read(Typer) & 31) + 1;
        for (uint bank = 1; bank < banks; bank++)
        {
            Write(Icenabler + bank * 4, ~0u);
            Write(Icpendr + bank * 4, ~0u);
            Write(Icactiver + bank * 4, ~0u);
            Write(Igroupr + bank * 4, ~0u);
            Write(Icfgr + bank * 8, 0);
            Write(Icfgr + bank * 8 + 4, 0);
            for (uint i = 0; i < 32; i += 4)
                Write(Ipriorityr + bank * 32 + i, Priorities);
        }
        WaitForWrites();
        Write(Ctlr, Enable);
        WaitForWrites();
    }

    public void SetEnable(uint intid, bool enable)
    {
        WriteBit(enable ? Isenabler : Icenabler, intid);
        if (!enable)
            WaitForWrites();
    }

    public void SetPending(uint intid, bool pending) => WriteBit(pending ? Ispendr : Icpendr, intid);

    public void SetActive(uint intid, bool active) => WriteBit(active ? Isactiver : Icactiver, intid);

    public bool IsPending(uint intid) => ((Read(Ispendr + (intid >> 5) * 4) >> (int)intid) & 1) != 0;

    public void SetEdge(uint intid, bool edge)
    {
        uint register = Icfgr + (intid >> 4) * 4;
        uint bit = 2u << (int)((intid & 15) * 2);
        SpinLock.Guard held = _configLock.Enter();
        uint value = Read(register);
        Write(register, edge ? value | bit : value & ~bit);
        _configLock.Exit(held);
    }

    /// <summary>GICD_IROUTER by MPIDR_EL1 affinity. Two halves: the SPI is disabled or both are the guest's to order.</summary>
    public void SetRoute(uint intid, ulong mpidr)
    {
        Write(Irouter + intid * 8 + 4, (uint)(mpidr >> 32) & 0xff);
        Write(Irouter + intid * 8, (uint)mpidr & 0xff_ffff);
    }

    private void WriteBit(uint bank, uint intid) => Write(bank + (intid >> 5) * 4, 1u << (int)intid);

    private void WaitForWrites()
    {
        while ((Read(Ctlr) & Rwp) != 0)
        {
        }
    }

    private readonly uint Read(uint offset) => TMmio.Read32(_base + offset);

    private readonly void Write(uint offset, uint value) => TMmio.Write32(_base + offset, value);
}
