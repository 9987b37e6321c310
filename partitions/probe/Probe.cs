using System;
using System.Runtime;

namespace Bulkhead.Guests.Probe;

/// <summary>Boot argument `scenario=NAME`; ends with `probe: NAME done` or `probe: NAME FAILED reason` and idles.</summary>
internal static unsafe class Probe
{
    [RuntimeExport("GuestMain")]
    private static void Main(byte* deviceTree, ulong cntpct, ulong cntvct)
    {
        Platform.Read(deviceTree);
        ReadOnlySpan<byte> scenario = Arguments.ValueOf("scenario"u8);
        if (scenario.SequenceEqual("again"u8))
            Again.Run();
        else if (scenario.SequenceEqual("lives"u8))
            Lives.Look();
        Gic.InitDistributor();
        Gic.InitCpu();
        Run(scenario);
        Cpu.Halt();
    }

    public static void Run(ReadOnlySpan<byte> name)
    {
        Check.Begin();
        if (!Dispatch(name))
        {
            Console.Write("probe: no scenario '"u8);
            Console.Write(name);
            Console.Write("'; there are crash abort undef psci hypercalls smp timer gic echo sbsa off reset lives again devices interactive "u8);
            Console.WriteLine(CommonScenarios.Names);
            return;
        }
        Check.End(name);
        if (name.SequenceEqual("off"u8))
            Psci.Call(Psci.SystemOff);
        else if (name.SequenceEqual("reset"u8))
            Psci.Call(Psci.SystemReset);
        else if (name.SequenceEqual("lives"u8))
            Lives.End();
        else if (name.SequenceEqual("devices"u8))
            Devices.End();
    }

    private static bool Dispatch(ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("crash"u8))
            Crash.Run();
        else if (name.SequenceEqual("abort"u8))
            Abort.Run();
        else if (name.SequenceEqual("undef"u8))
            Undefined.Run();
        else if (name.SequenceEqual("psci"u8))
            Power.Run();
        else if (name.SequenceEqual("hypercalls"u8))
            Hypercalls.Run();
        else if (name.SequenceEqual("smp"u8))
            Smp.Run();
        else if (name.SequenceEqual("timer"u8))
            Timers.Run();
        else if (name.SequenceEqual("gic"u8))
            GicStates.Run();
        else if (name.SequenceEqual("echo"u8))
            Echo.Run();
        else if (name.SequenceEqual("sbsa"u8))
            GenericWatchdog.Run();
        else if (name.SequenceEqual("lives"u8))
            Lives.Run();
        else if (name.SequenceEqual("devices"u8))
            Devices.Run();
        else if (name.SequenceEqual("interactive"u8))
            Interactive.Run();
        else
            return name.SequenceEqual("off"u8) || name.SequenceEqual("reset"u8) || CommonScenarios.Dispatch(name);
        return true;
    }
}
