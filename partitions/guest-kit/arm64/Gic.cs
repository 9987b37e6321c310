using System.Runtime.CompilerServices;

namespace Bulkhead.Guests;

/// <summary>A GICv3 with affinity routing and one security state (IHI 0069); everything is group 1.</summary>
internal static class Gic
{
    public const uint Spurious = 1023;
    public const byte DefaultPriority = 0xa0;
    private const uint FirstSpi = 32;

    // Distributor, and the same offsets in a redistributor's SGI frame for INTIDs below 32 (12.9, 12.11)
    private const ulong Ctlr = 0x0, Typer = 0x4, Group = 0x80, SetEnable = 0x100, ClearEnable = 0x180, SetPendingBase = 0x200,
        ClearPendingBase = 0x280, SetActiveBase = 0x300, ClearActiveBase = 0x380, Priority = 0x400, Configuration = 0xc00, Router = 0x6000;
    private const uint CtlrGroup1 = 1 << 1, CtlrAre = 1 << 4, CtlrWritePending = 1u << 31;

    private const ulong RedistributorTyper = 0x8, RedistributorWaker = 0x14, SgiFrame = 0x10000, RedistributorSize = 0x20000;
    private const uint WakerProcessorSleep = 1 << 1, WakerChildrenAsleep = 1 << 2, TyperLast = 1 << 4;

    [InlineArray(8)]
    private struct Redistributors
    {
        private ulong _first;
    }

    private static Redistributors s_redistributors;

    public static void InitDistributor()
    {
        Device.Write32(Platform.Gicd + Ctlr, CtlrAre);
        WaitForWrite();
        for (uint intid = FirstSpi; intid <= LastSpi; intid += 32)
        {
            Device.Write32(Platform.Gicd + ClearEnable + intid / 8, ~0u);
            Device.Write32(Platform.Gicd + Group + intid / 8, ~0u);
        }
        Device.Write32(Platform.Gicd + Ctlr, CtlrAre | CtlrGroup1);
        WaitForWrite();
    }

    /// <summary>This vCPU's redistributor and CPU interface: all sixteen SGIs on, everything of default priority.</summary>
    public static void InitCpu()
    {
        ulong redistributor = FindRedistributor();
        s_redistributors[Cpu.Index] = redistributor;
        uint waker = Device.Read32(redistributor + RedistributorWaker);
        Device.Write32(redistributor + RedistributorWaker, waker & ~WakerProcessorSleep);
        while ((Device.Read32(redistributor + RedistributorWaker) & WakerChildrenAsleep) != 0)
            Cpu.Yield();
        ulong frame = redistributor + SgiFrame;
        Device.Write32(frame + ClearEnable, ~0u);
        Device.Write32(frame + Group, ~0u);
        for (ulong word = 0; word < 8; word++)
            Device.Write32(frame + Priority + word * 4, 0x0101_0101u * DefaultPriority);
        Device.Write32(frame + SetEnable, 0xffff);
        GicCpu.WriteSre(GicCpu.ReadSre() | 1);
        Cpu.Isb();
        GicCpu.WritePmr(0xff);
        GicCpu.WriteBpr1(0);
        GicCpu.WriteCtlr(0);
        GicCpu.WriteIgrpen1(1);
        Cpu.Isb();
    }

    /// <summary>GICD_TYPER.ITLinesNumber (12.9.38).</summary>
    public static uint LastSpi => System.Math.Min((Device.Read32(Platform.Gicd + Typer) & 31) * 32 + 31, 1019u);

    public static ulong OwnRedistributor => s_redistributors[Cpu.Index];

    public static void Enable(uint intid) => WriteBit(SetEnable, intid);

    public static void Disable(uint intid)
    {
        WriteBit(ClearEnable, intid);
        WaitForWrite();
    }

    public static bool IsEnabled(uint intid) => ReadBit(SetEnable, intid);

    public static void SetPending(uint intid) => WriteBit(SetPendingBase, intid);

    public static void ClearPending(uint intid) => WriteBit(ClearPendingBase, intid);

    public static bool IsPending(uint intid) => ReadBit(SetPendingBase, intid);

    public static void ClearActive(uint intid) => WriteBit(ClearActiveBase, intid);

    public static void SetActive(uint intid) => WriteBit(SetActiveBase, intid);

    public static bool IsActive(uint intid) => ReadBit(SetActiveBase, intid);

    public static void SetPriority(uint intid, byte priority) => Device.Write8(Bank(intid) + Priority + intid, priority);

    public static byte GetPriority(uint intid) => Device.Read8(Bank(intid) + Priority + intid);

    /// <summary>GICD_ICFGR: an edge, so that no device's line level mixes in.</summary>
    public static void SetEdge(uint intid)
    {
        ulong register = Bank(intid) + Configuration + intid / 16 * 4;
        Device.Write32(register, Device.Read32(register) | 2u << (int)(intid % 16 * 2));
    }

    /// <summary>GICD_IROUTER: to one vCPU by its affinity.</summary>
    public static void Route(uint spi, int index) => Device.Write64(Platform.Gicd + Router + spi * 8, (ulong)index);

    /// <summary>ICC_SGI1R_EL1 to vCPUs 0-15 of Aff1..3 = 0, one bit each.</summary>
    public static void SendSgi(uint targets, uint intid)
    {
        Cpu.DsbSy();                // what the handler is to see comes first
        GicCpu.WriteSgi1r((ulong)intid << 24 | targets);
        Cpu.Isb();
    }

    private static ulong FindRedistributor()
    {
        ulong redistributor = Platform.Gicr;
        while (Device.Read32(redistributor + RedistributorTyper + 4) != Cpu.Affinity
            && (Device.Read32(redistributor + RedistributorTyper) & TyperLast) == 0)
        {
            redistributor += RedistributorSize;
        }
        return redistributor;
    }

    private static ulong Bank(uint intid) => intid < FirstSpi ? OwnRedistributor + SgiFrame : Platform.Gicd;

    private static void WriteBit(ulong register, uint intid) =>
        Device.Write32(Bank(intid) + register + intid / 32 * 4, 1u << (int)(intid % 32));

    private static bool ReadBit(ulong register, uint intid) =>
        (Device.Read32(Bank(intid) + register + intid / 32 * 4) >> (int)(intid % 32) & 1) != 0;

    private static void WaitForWrite()
    {
        while ((Device.Read32(Platform.Gicd + Ctlr) & CtlrWritePending) != 0)
            Cpu.Yield();
    }
}
