using System;
using System.Runtime;

namespace Bulkhead.Guests.Probe;

/// <summary>Boot argument `scenario=NAME`; ends with `probe: NAME done` or `probe: NAME FAILED reason` and idles.</summary>
internal static unsafe class Probe
{
    [RuntimeExport("GuestMain")]
    private static void Main(byte* startInfo, ulong start)
    {
        Platform.ReadStartInfo(startInfo);
        ReadOnlySpan<byte> name = Arguments.ValueOf("scenario"u8);
        if (name.SequenceEqual("again"u8))
            Again.Run();
        else if (name.SequenceEqual("lives"u8))
            Lives.Look();
        Platform.Read(startInfo);
        InterruptController.Initialize();
        // Learns which hypercall instruction it is.
        _ = Hypervisor.IsPresent;
        Check.Begin();
        if (Dispatch(name))
        {
            Check.End(name);
            if (name.SequenceEqual("lives"u8))
                Lives.End();
        }
        else
        {
            Console.Write("probe: no such scenario; there are step nmi clock com2 hpet triple unemulated leftovers wakes lives again "u8);
            Console.WriteLine(CommonScenarios.Names);
        }
        Cpu.Halt();
    }

    private static bool Dispatch(ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("step"u8))
            Step.Run();
        else if (name.SequenceEqual("nmi"u8))
            NonMaskable.Run();
        else if (name.SequenceEqual("clock"u8))
            Assigned.Clock();
        else if (name.SequenceEqual("com2"u8))
            Assigned.SecondPort();
        else if (name.SequenceEqual("hpet"u8))
            Assigned.EventTimer();
        else if (name.SequenceEqual("triple"u8))
            Crash.TripleFault();
        else if (name.SequenceEqual("unemulated"u8))
            Crash.UnemulatedAccess();
        else if (name.SequenceEqual("leftovers"u8))
            Leftovers.Run();
        else if (name.SequenceEqual("wakes"u8))
            Wakes.Run();
        else if (name.SequenceEqual("lives"u8))
            Lives.Run();
        else
            return CommonScenarios.Dispatch(name);
        return true;
    }
}
