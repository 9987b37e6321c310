using System;

namespace Bulkhead.Guests.Probe;

/// <summary>`probe: version V`, and then what the argument do= says of it: works, says nothing, crashes, or works and crashes later.</summary>
internal static class Trial
{
    private const uint Healthy = 0xc600_0019;

    public static void Run()
    {
        Console.Write("probe: version "u8);
        Console.WriteLine(Arguments.ValueOf("version"u8));
        ReadOnlySpan<byte> what = Arguments.ValueOf("do"u8);
        bool fails = what.SequenceEqual("fail"u8);
        if (fails || what.SequenceEqual("report"u8))
            Check.Equal("reported"u8, 0, Hypervisor.Call(Healthy, 0, 0));
        else if (what.SequenceEqual("feed"u8))
            Check.Equal("fed"u8, 0, Watchdog.Feed());
        if (fails || what.SequenceEqual("crash"u8))
            Crash.Run();
    }
}
