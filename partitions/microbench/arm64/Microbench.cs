using System;
using System.Runtime;
using System.Threading;

namespace Bulkhead.Guests.Microbench;

/// <summary>
/// Two vCPUs, 64 MiB, PSCI by HVC. Under QEMU's icount with a 1 GHz counter one tick is one instruction, summed over all
/// CPUs: what an operation takes beyond its own few instructions is the hypervisor's.
/// </summary>
internal static unsafe class Microbench
{
    private const int Runs = 3;
    private const ulong SecondaryPatience = 2_000_000_000;

    private static bool s_secondaryUp;

    [RuntimeExport("GuestMain")]
    private static void Main(byte* deviceTree, ulong cntpct, ulong cntvct)
    {
        Platform.Read(deviceTree);
        Measure.SelectPerCpu(0);
        Start(cntpct, cntvct);
        Gic.InitDistributor();
        Gic.InitCpu();
        Gic.Enable(Timer.VirtualIntid);
        for (int run = 0; run < Runs; run++)
        {
            Console.Write("MB run "u8);
            Console.WriteDecimal((ulong)run);
            Console.WriteLine(""u8);
            Operations.RunCalls();
            Operations.RunDevices();
            Operations.RunInterrupts();
            if (run == 0)
                StartSecondary();
            if (Volatile.Read(ref s_secondaryUp))
                Operations.RunPings();
            Operations.RunTouch();
        }
        Console.WriteLine("MB done"u8);
        Psci.Call(Psci.SystemOff);
        Cpu.Halt();
    }

    [RuntimeExport("GuestSecondary")]
    private static void Secondary(ulong index)
    {
        Measure.SelectPerCpu(index);
        Gic.InitCpu();
        Volatile.Write(ref s_secondaryUp, true);
        Measure.AnswerForever();
    }

    private static void Start(ulong cntpct, ulong cntvct)
    {
        Console.WriteLine(""u8);
        Field("MB start cntpct="u8, cntpct);
        Field(" cntvct="u8, cntvct);
        Field(" frq="u8, Timer.Frequency);
        Field(" el="u8, Cpu.ReadCurrentEl() >> 2);
        HexField(" mpidr="u8, Cpu.Mpidr);
        HexField(" midr="u8, Cpu.ReadMidr());
        HexField(" uart="u8, Platform.Uart);
        HexField(" gicd="u8, Platform.Gicd);
        Field(" dtb="u8, Platform.HasDeviceTree ? 1u : 0u);
        Field(" xen="u8, 0);
        HexField(" psciver="u8, Psci.Call(Psci.Version));
        Console.WriteLine(""u8);
    }

    private static void StartSecondary()
    {
        ulong result = Psci.StartCpu(1);
        HexField("MB cpu_on ret="u8, result);
        Console.WriteLine(""u8);
        if (result != Psci.Success)
            return;
        ulong start = Timer.Now;
        while (!Volatile.Read(ref s_secondaryUp) && Timer.Now - start < SecondaryPatience)
            Cpu.Yield();
    }

    private static void Field(ReadOnlySpan<byte> name, ulong value)
    {
        Console.Write(name);
        Console.WriteDecimal(value);
    }

    private static void HexField(ReadOnlySpan<byte> name, ulong value)
    {
        Console.Write(name);
        Console.WriteHex(value);
    }
}
