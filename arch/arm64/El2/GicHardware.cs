using System.Numerics;
using Bulkhead.Arm64.Gic;
using Bulkhead.Memory;

namespace Bulkhead.Arm64.El2;

/// <summary>The virtual GIC's hardware: this CPU's system registers, the board's distributor and redistributors.</summary>
internal readonly struct GicHardware : IGicCpuInterface
{
    public const uint KickIntId = InterruptId.Kick;

    // Distributor and SGI frame offsets (IHI 0069 12.8, 12.10).
    private const ulong Isenabler = 0x100, Icenabler = 0x180, Ispendr = 0x200, Icpendr = 0x280;
    private const ulong Isactiver = 0x300, Icactiver = 0x380, Icfgr = 0xc00, Irouter = 0x6000;
    private const ulong SgiFrame = 0x1_0000;

    public static int ListRegisterCount => (int)(SystemRegister.ReadIchVtr() & 31) + 1;

    public static ListRegister ReadListRegister(int index) => new(SystemRegister.ReadListRegister(index));

    public static void WriteListRegister(int index, ListRegister value) => SystemRegister.WriteListRegister(index, value.Value);

    public static void WriteListRegister0(ListRegister value) => SystemRegister.WriteListRegister0(value.Value);

    public static ulong ReadHcr() => SystemRegister.ReadIchHcr();

    public static void WriteHcr(ulong value) => SystemRegister.WriteIchHcr(value);

    public static uint ReadElrsr() => (uint)SystemRegister.ReadIchElrsr();

    public static uint ReadEisr() => (uint)SystemRegister.ReadIchEisr();

    public static uint AcknowledgePhysical() => (uint)SystemRegister.ReadIccIar1();

    public static void DropPriority(uint intid) => SystemRegister.WriteIccEoir1(intid);

    public static void DeactivatePhysical(uint intid) => SystemRegister.WriteIccDir(intid);

    // ICC_SGI1R_EL1: Aff3 55:48, RS 47:44, Aff2 39:32, INTID 27:24, Aff1 23:16, target list 15:0 (IHI 0069 12.2.38).
    public static void SendKick(int physicalCpu)
    {
        ulong mpidr = ApplianceTables.Board.CpuId[physicalCpu];
        ulong range = (mpidr & 0xff) >> 4;
        Instruction.DsbIshst();
        SystemRegister.WriteIccSgi1r((mpidr >> 32 & 0xff) << 48 | range << 44 | (mpidr >> 16 & 0xff) << 32
            | (ulong)KickIntId << 24 | (mpidr >> 8 & 0xff) << 16 | 1ul << (int)(mpidr & 15));
        Instruction.Isb();
    }

    public static void Relax() => Instruction.Yield();

    public static void SetPhysicalEnable(uint intid, bool enable) => WriteBit(enable ? Isenabler : Icenabler, intid);

    public static void SetPhysicalPending(uint intid, bool pending) => WriteBit(pending ? Ispendr : Icpendr, intid);

    public static void SetPhysicalActive(uint intid, bool active) => WriteBit(active ? Isactiver : Icactiver, intid);

    public static void SetPhysicalEdge(uint intid, bool edge)
    {
        HostPhys register = Frame(intid) + Icfgr + (intid >> 4) * 4;
        uint bit = 2u << (int)(intid & 15) * 2;
        uint value = Mmio.Read32(register);
        Mmio.Write32(register, edge ? value | bit : value & ~bit);
    }

    public static void SetPhysicalRoute(uint intid, int physicalCpu) =>
        Instruction.MmioWrite64((ApplianceTables.Board.Gicd + Irouter + intid * 8ul).Value, ApplianceTables.Board.CpuId[physicalCpu]);

    public static bool ReadPhysicalPending(uint intid) =>
        (Mmio.Read32(Frame(intid) + Ispendr + (intid >> 5) * 4) >> (int)(intid & 31) & 1) != 0;

    private static void WriteBit(ulong bank, uint intid) =>
        Mmio.Write32(Frame(intid) + bank + (intid >> 5) * 4, 1u << (int)(intid & 31));

    // SPIs are the distributor's; SGIs and PPIs this CPU's redistributor's.
    private static HostPhys Frame(uint intid) =>
        intid >= InterruptId.FirstSpi ? ApplianceTables.Board.Gicd : OwnRedistributor() + SgiFrame;

    private static HostPhys OwnRedistributor() =>
        ApplianceTables.Board.Gicr + (ulong)(uint)CurrentCpu.Index * ApplianceTables.Board.GicrStride;

    /// <summary>The distributor: one security state, affinity routing, everything off but the console's interrupt.</summary>
    public static void InitializeBoard()
    {
        HostPhys gicd = ApplianceTables.Board.Gicd;
        Mmio.Write32(gicd, 0);
        WaitForWrites(gicd);
        uint banks = (Mmio.Read32(gicd + 4) & 31) + 1;
        for (uint bank = 1; bank < banks; bank++)
        {
            Mmio.Write32(gicd + 0x80 + bank * 4, ~0u);              // GICD_IGROUPR: group 1
            Mmio.Write32(gicd + Icenabler + bank * 4, ~0u);
            Mmio.Write32(gicd + Icpendr + bank * 4, ~0u);
            Mmio.Write32(gicd + Icactiver + bank * 4, ~0u);
            for (uint word = 0; word < 8; word++)
                Mmio.Write32(gicd + 0x400 + bank * 32 + word * 4, 0xa0a0_a0a0);
        }
        Mmio.Write32(gicd, 0x12);                                   // ARE_NS, EnableGrp1 (12.9.4)
        WaitForWrites(gicd);
        SetPhysicalRoute(ApplianceTables.Board.UartIntId, 0);
        SetPhysicalEnable(ApplianceTables.Board.UartIntId, true);
    }

    /// <summary>This CPU's redistributor and interface: our SGI and PPIs on, EOI drops the priority only.</summary>
    public static void InitializeCpu(int cpu)
    {
        HostPhys gicr = OwnRedistributor();
        Mmio.Write32(gicr + 0x14, Mmio.Read32(gicr + 0x14) & ~2u);  // GICR_WAKER.ProcessorSleep
        while ((Mmio.Read32(gicr + 0x14) & 4) != 0)                 // ChildrenAsleep
            ;
        HostPhys sgi = gicr + SgiFrame;
        Mmio.Write32(sgi + 0x80, ~0u);
        Mmio.Write32(sgi + Icenabler, ~0u);
        Mmio.Write32(sgi + Icpendr, ~0u);
        Mmio.Write32(sgi + Icactiver, ~0u);
        for (uint word = 0; word < 8; word++)
            Mmio.Write32(sgi + 0x400 + word * 4, 0xa0a0_a0a0);
        Mmio.Write32(sgi + Isenabler, 1u << (int)KickIntId | 1u << (int)InterruptId.Maintenance | 1u << (int)InterruptId.HypervisorTimer);
        SystemRegister.WriteIccSre(SystemRegister.ReadIccSre() | 0x9);  // SRE, Enable: EL1 uses system registers untrapped
        Instruction.Isb();
        SystemRegister.WriteIccPmr(0xff);
        SystemRegister.WriteIccBpr1(0);
        SystemRegister.WriteIccCtlr(2);                             // EOImode 1
        SystemRegister.WriteIccIgrpen1(1);
        Instruction.Isb();
    }

    // GICD_CTLR.RWP (12.9.4)
    private static void WaitForWrites(HostPhys gicd)
    {
        while ((Mmio.Read32(gicd) >> 31) != 0)
            ;
    }
}
