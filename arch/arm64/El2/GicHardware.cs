using System.Runtime.CompilerServices;
using Bulkhead.Arm64.Gic;
using Bulkhead.Partitions;

namespace Bulkhead.Arm64.El2;

/// <summary>The virtual GIC's hardware: this CPU's system registers, the board's distributor and redistributors.</summary>
internal readonly struct GicHardware : IGicCpuInterface
{
    public const uint KickIntId = InterruptId.Kick;

    private static PhysicalDistributor<Mmio> _distributor;
    private static Redistributors _redistributor;
    private static int _listRegisterCount;

    public static int ListRegisterCount => _listRegisterCount;

    public static ListRegister ReadListRegister(int index) => new(SystemRegister.ReadListRegister(index));

    public static void WriteListRegister(int index, ListRegister value) => SystemRegister.WriteListRegister(index, value.Value);

    public static void WriteListRegister0(ListRegister value) => SystemRegister.WriteListRegister0(value.Value);

    public static void NoteListed(uint intid) => BoardBlackBox.NotePresented(intid);

    public static ulong ReadHcr() => SystemRegister.ReadIchHcr();

    public static void WriteHcr(ulong value) => SystemRegister.WriteIchHcr(value);

    public static uint ReadElrsr() => (uint)SystemRegister.ReadIchElrsr();

    public static uint ReadEisr() => (uint)SystemRegister.ReadIchEisr();

    public static uint AcknowledgePhysical() => (uint)SystemRegister.ReadIccIar1();

    public static void DropPriority(uint intid) => SystemRegister.WriteIccEoir1(intid);

    public static void DeactivatePhysical(uint intid) => SystemRegister.WriteIccDir(intid);

    public static void SendKick(int physicalCpu) => Instruction.SendSgi(CpuBlocks.Of(physicalCpu).KickValue);

    /// <summary>To every other CPU, if this one's interface is on: ICC_SGI1R_EL1.IRM (IHI 0069 12.2.38).</summary>
    public static void SendStop()
    {
        const ulong ToAllOthers = 1ul << 40;
        if ((SystemRegister.ReadIccSre() & 1) != 0)
            Instruction.SendSgi(ToAllOthers | (ulong)InterruptId.Stop << 24);
    }

    /// <summary>ICC_SGI1R_EL1: Aff3 55:48, RS 47:44, Aff2 39:32, INTID 27:24, Aff1 23:16, target list 15:0 (IHI 0069 12.2.38).</summary>
    public static ulong KickValueOf(ulong mpidr) =>
        (mpidr >> 32 & 0xff) << 48 | ((mpidr & 0xff) >> 4) << 44 | (mpidr >> 16 & 0xff) << 32
            | (ulong)KickIntId << 24 | (mpidr >> 8 & 0xff) << 16 | 1ul << (int)(mpidr & 15);

    public static void Relax() => Instruction.Yield();

    public static void SetPhysicalEnable(uint intid, bool enable)
    {
        if (intid >= InterruptId.FirstSpi)
            _distributor.SetEnable(intid, enable);
        else
            Own().SetEnable(intid, enable);
    }

    public static void SetPhysicalPending(uint intid, bool pending)
    {
        if (intid >= InterruptId.FirstSpi)
            _distributor.SetPending(intid, pending);
        else
            Own().SetPending(intid, pending);
    }

    public static void SetPhysicalActive(uint intid, bool active)
    {
        if (intid >= InterruptId.FirstSpi)
            _distributor.SetActive(intid, active);
        else
            Own().SetActive(intid, active);
    }

    public static void SetPhysicalEdge(uint intid, bool edge) => _distributor.SetEdge(intid, edge);

    public static void SetPhysicalRoute(uint intid, int physicalCpu) =>
        _distributor.SetRoute(intid, ApplianceTables.Board.CpuId[physicalCpu]);

    public static bool ReadPhysicalPending(uint intid) =>
        intid >= InterruptId.FirstSpi ? _distributor.IsPending(intid) : Own().IsPending(intid);

    /// <summary>The distributor, and the console's interrupt to CPU 0.</summary>
    public static void InitializeBoard()
    {
        _distributor.Initialize(ApplianceTables.Board.Arm64.Gicd);
        SetPhysicalRoute(ApplianceTables.Board.Arm64.UartIntId, 0);
        SetPhysicalEnable(ApplianceTables.Board.Arm64.UartIntId, true);
    }

    /// <summary>This CPU's redistributor and interface.</summary>
    public static void InitializeCpu(int cpu)
    {
        ref readonly BoardFacts board = ref ApplianceTables.Board;
        if (!_redistributor[cpu].Find(board.Arm64.Gicr + (ulong)(uint)cpu * board.Arm64.GicrStride, board.Arm64.GicrStride, 1, SystemRegister.ReadMpidr()))
        {
            HypervisorLog.Line("refused: no redistributor where the board file says, CPU"u8, (ulong)(uint)cpu, "MPIDR"u8, SystemRegister.ReadMpidr());
            BoardConsole.Flush();
            BoardStop.Stop();
        }
        _redistributor[cpu].Initialize();
        _redistributor[cpu].SetEnable(InterruptId.HypervisorTimer, true);
        _listRegisterCount = PhysicalCpuInterface<GicRegisters>.Initialize();
    }

    private static ref PhysicalRedistributor<Mmio> Own() => ref _redistributor[CurrentCpu.Index];

    [InlineArray(HypervisorLayout.MaxCpus)]
    private struct Redistributors
    {
        private PhysicalRedistributor<Mmio> _first;
    }
}
