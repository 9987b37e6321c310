using System.Runtime;
using System.Threading;

namespace Bulkhead.Guests.Hostile;

/// <summary>Interrupts to itself, to the other vCPU, to vCPUs and numbers that it does not have, and the CPU interface by every value.</summary>
internal static class Storms
{
    // What one opening of interrupts may bring: all there can be, twice.
    private const uint MostAtOnce = 4096;

    private static uint s_taken;

    public static void Run(ref Random random, uint share)
    {
        Gic.InitDistributor();
        Gic.InitCpu();
        bool isTwo = Second.Start(Second.Storm, random.Next());
        uint last = Gic.LastSpi;
        for (uint i = 0; i < share; i++)
        {
            uint intid = random.OneIn(4) ? random.Below(1024) : random.Below(64);
            switch (random.Below(12))
            {
                case 0:
                    GicCpu.WriteSgi1r(random.Edgy());
                    break;
                case 1 or 2:
                    Gic.SendSgi(random.Below(4), random.Below(16));
                    break;
                case 3:
                    GicCpu.WriteSgi1r(1ul << 40 | random.Next() & 0xf00_0000);
                    break;
                case 4 or 5 when intid >= 32:
                    Gic.Route(intid, (int)random.Below(3));
                    Gic.Enable(intid);
                    Gic.SetPending(intid);
                    break;
                case 6:
                    Gic.SetActive(intid);
                    break;
                case 7:
                    Gic.ClearActive(intid);
                    break;
                case 8:
                    GicCpu.Deactivate(random.OneIn(2) ? intid : (uint)random.Next());
                    break;
                case 9:
                    GicCpu.EndOfInterrupt(random.OneIn(2) ? intid : (uint)random.Next());
                    break;
                case 10:
                    Gic.SetPriority(intid, (byte)random.Next());
                    break;
                default:
                    Gic.SetPending(intid);
                    break;
            }
            Score.Take(intid);
            if (random.OneIn(8))
                Open(last);
        }
        if (isTwo)
            Second.Stop();
        Gic.InitDistributor();
        Gic.InitCpu();
    }

    /// <summary>On the other vCPU.</summary>
    public static void SendToFirst(ref Random random)
    {
        Gic.SendSgi(1, random.Below(16));
        Gic.SetPending(32 + random.Below(64));
    }

    private static void Open(uint last)
    {
        s_taken = 0;
        Cpu.UnmaskInterrupts();
        Cpu.MaskInterrupts();
        Score.Check(s_taken < MostAtOnce, "interrupts without an end"u8, last, s_taken);
    }

    [RuntimeExport("HandleInterrupt")]
    private static void HandleInterrupt(ref ExceptionFrame frame)
    {
        uint intid = GicCpu.Acknowledge();
        if (intid >= 1020)
            return;
        s_taken++;
        Score.Check(intid <= Gic.LastSpi, "an interrupt that is not there"u8, intid, 0);
        if (intid == Timer.VirtualIntid)
            Timer.WriteCntvCtl(0);
        else if (intid == Timer.PhysicalIntid)
            Timer.WriteCntpCtl(0);
        if (s_taken >= MostAtOnce)
            Gic.Disable(intid);
        GicCpu.EndOfInterrupt(intid);
    }
}
