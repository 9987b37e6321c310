using System;
using System.Runtime;
using System.Threading;

namespace Bulkhead.Guests.Microbench;

/// <summary>
/// One or two vCPUs, 64 MiB, a local APIC and RDTSC. Under QEMU's icount one tick is one instruction, summed over all CPUs:
/// what an operation takes beyond its own few instructions is the hypervisor's.
/// </summary>
internal static unsafe class Microbench
{
    private const int Runs = 3;
    private const ulong SecondaryPatience = 2_000_000_000, InitPause = 10_000_000, CountedTicks = 20_000_000;
    private const uint InitOthers = 0xc_4500, StartOthers = 0xc_4600, TrampolinePage = 8;
    private const uint SignatureKvm = 0x4b4d_564b, SignatureXen = 0x566e_6558, SignatureTcg = 0x5447_4354;
    private const uint KnownCall = 1;

    private static bool s_secondaryUp;
    private static uint s_secondaryId;
    private static uint s_signature;
    private static uint s_signatureBase;

    [RuntimeExport("GuestMain")]
    private static void Main(byte* startInfo, ulong start)
    {
        Platform.Read(startInfo);
        FindHypervisor();
        ulong apicBase = Cpu.ReadMsr(LocalApic.BaseMsr);
        Start(start, apicBase);
        bool known = Hypervisor.IsPresent;
        Measure.InstallHandlers();
        Calibrate();
        LocalApic.Enable(false);
        Measure.SelectApic(LocalApic.IsX2, LocalApic.ReadId());
        bool startedInX2 = LocalApic.IsX2;
        if (!startedInX2)
        {
            for (int run = 0; run < Runs; run++)
            {
                Run(run);
                Operations.RunXApic();
            }
        }
        // QEMU 10.0 ends itself ("Bad icount read") when an x2APIC's timer is touched under icount: on bare TCG it waits.
        if (LocalApic.CanX2 && !startedInX2 && s_signature != SignatureTcg)
            UseX2Apic();
        uint ratio = MeasureRatio();
        StartSecondary();
        for (int run = 0; run < Runs; run++)
        {
            Run(run);
            Operations.RunCalls(Cpu.IsAmd, known ? Hypervisor.OwnVersion : KnownCall);
            Operations.RunPorts();
            if (LocalApic.IsX2)
                Operations.RunX2Apic();
            Operations.RunRegistersAndMemory();
            Operations.RunTimers(ratio);
            if (Volatile.Read(ref s_secondaryUp))
                Operations.RunPings(s_secondaryId);
            Operations.RunTouch();
        }
        if (LocalApic.CanX2 && !LocalApic.IsX2)
        {
            UseX2Apic();
            for (int run = 0; run < Runs; run++)
            {
                Run(run);
                Operations.RunX2Apic();
            }
        }
        Console.WriteLine("MB done"u8);
        // With interrupts open: what is still to be printed wants the UART's, which Bochs holds back from a guest that halts
        // with IF clear.
        while (true)
        {
            Cpu.MaskInterrupts();
            Cpu.WaitUnmasked();
        }
    }

    [RuntimeExport("GuestSecondary")]
    private static void Secondary(uint index)
    {
        LocalApic.Enable(LocalApic.IsX2);
        s_secondaryId = LocalApic.ReadId();
        Volatile.Write(ref s_secondaryUp, true);
        Measure.AnswerForever();
    }

    // Vectors that nobody measures: spurious ones.
    [RuntimeExport("HandleInterrupt")]
    private static void HandleInterrupt(ref ExceptionFrame frame)
    {
    }

    private static void UseX2Apic()
    {
        LocalApic.Enable(true);
        Measure.SelectApic(true, LocalApic.ReadId());
    }

    private static void FindHypervisor()
    {
        for (uint leaf = 0x4000_0000; leaf < 0x4000_1000 && s_signature == 0; leaf += 0x100)
        {
            uint signature = Cpu.Cpuid(leaf).Ebx;
            if (signature is not (SignatureKvm or SignatureXen or SignatureTcg))
                continue;
            s_signature = signature;
            s_signatureBase = leaf;
        }
    }

    private static void Start(ulong start, ulong apicBase)
    {
        Console.WriteLine(""u8);
        Field("MB start tsc="u8, start);
        Field(" pvh="u8, Platform.IsPvh);
        Field(" amd="u8, Cpu.IsAmd);
        HexField(" maxleaf="u8, Cpu.Cpuid(0).Eax);
        HexField(" sig="u8, Cpu.Cpuid(1).Eax);
        Field(" xen="u8, s_signature == SignatureXen);
        Field(" kvm="u8, s_signature == SignatureKvm);
        Field(" tcg="u8, s_signature == SignatureTcg);
        HexField(" hvbase="u8, s_signatureBase);
        Field(" x2apic="u8, LocalApic.CanX2);
        Field(" tscdl="u8, LocalApic.CanDeadline);
        HexField(" apicbase="u8, apicBase);
        Console.WriteLine(""u8);
    }

    private static void Calibrate()
    {
        uint* six = Operations.First;
        Measure.Known(six, 0);
        Field("MB calibrate empty="u8, six[0]);
        Field(" nop1000="u8, six[1]);
        Field(" decjnz1000="u8, six[2]);
        Field(" pushpop100="u8, six[3]);
        Field(" repmovsb100="u8, six[4]);
        Field(" rdtsc100="u8, six[5]);
        Console.WriteLine(""u8);
    }

    private static uint MeasureRatio()
    {
        ulong start = Timer.Now;
        LocalApic.Write(LocalApic.InitialCount, uint.MaxValue);
        while (Timer.Now - start < CountedTicks)
        {
        }
        ulong ticks = uint.MaxValue - LocalApic.Read(LocalApic.CurrentCount);
        ulong elapsed = Timer.Now - start;
        LocalApic.Write(LocalApic.InitialCount, 0);
        uint ratio = ticks == 0 ? 1 : (uint)((elapsed + ticks / 2) / ticks);
        Field("MB apictimer tsc="u8, elapsed);
        Field(" ticks="u8, ticks);
        Field(" ratio="u8, ratio);
        return ratio == 0 ? 1 : ratio;
    }

    private static void StartSecondary()
    {
        HexField(" id0="u8, LocalApic.ReadId());
        Field(" x2="u8, LocalApic.IsX2);
        SecondaryStart.Prepare(1);
        LocalApic.Send(0, InitOthers);
        Pause(InitPause);
        LocalApic.Send(0, StartOthers | TrampolinePage);
        ulong start = Timer.Now;
        while (!Volatile.Read(ref s_secondaryUp) && Timer.Now - start < SecondaryPatience)
            Cpu.Yield();
        Field(" vcpu1="u8, s_secondaryUp);
        HexField(" id1="u8, s_secondaryId);
        Console.WriteLine(""u8);
    }

    private static void Pause(ulong ticks)
    {
        ulong start = Timer.Now;
        while (Timer.Now - start < ticks)
            Cpu.Yield();
    }

    private static void Run(int run)
    {
        Field("MB run "u8, (ulong)run);
        Console.WriteLine(""u8);
    }

    private static void Field(ReadOnlySpan<byte> name, bool value) => Field(name, value ? 1u : 0u);

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
