using System;

namespace Bulkhead.Guests.Probe;

/// <summary>The scenarios that every architecture's probe plays.</summary>
internal static class CommonScenarios
{
    public static ReadOnlySpan<byte> Names => "hello flood hang silence feed bug bug-exception trial digests"u8;

    /// <summary>False where the name is none of them.</summary>
    public static bool Dispatch(ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("hello"u8))
            Hello.Run();
        else if (name.SequenceEqual("flood"u8))
            Flood.Run();
        else if (name.SequenceEqual("hang"u8))
            Watchdogs.Hang();
        else if (name.SequenceEqual("silence"u8))
            Watchdogs.Silence();
        else if (name.SequenceEqual("feed"u8))
            Watchdogs.Feed();
        else if (name.SequenceEqual("bug"u8))
            HypervisorBug.Run(0);
        else if (name.SequenceEqual("bug-exception"u8))
            HypervisorBug.Run(1);
        else if (name.SequenceEqual("trial"u8))
            Trial.Run();
        else if (name.SequenceEqual("digests"u8))
            Digests.Run();
        else
            return false;
        return true;
    }
}
