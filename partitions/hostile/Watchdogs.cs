namespace Bulkhead.Guests.Hostile;

/// <summary>The watchdog's calls with every argument; it is always stopped again before its time, which would be the guest's end.</summary>
internal static class Watchdogs
{
    private const uint Start = 0xc600_0015, Feed = 0xc600_0016, Stop = 0xc600_0017, Status = 0xc600_0018;
    private const ulong HasWatchdog = 2, Running = 1ul << 32;
    // Milliseconds: what the call takes, and what leaves this guest in peace.
    private const ulong Shortest = 10, Longest = 86_400_000, Long = 3_600_000;

    public static void Run(ref Random random, uint share)
    {
        bool isThere = (Hypervisor.Call(Hypervisor.OwnFeatures, 0, 0) & HasWatchdog) != 0;
        for (uint i = 0; i < share; i++)
        {
            ulong timeout = random.OneIn(2) ? Long + random.Below(1 << 26) : random.Edgy(), before = random.OneIn(2) ? random.Below(1000) : random.Edgy();
            uint function = Start + random.Below(4);
            bool isTaken = timeout is >= Shortest and <= Longest && before < timeout || (timeout | before) == 0;
            if (function == Start && isTaken && timeout - before < Long)
                continue;
            ulong answer = Hypervisor.Call(function, timeout, before);
            bool isLegal = !isThere ? answer == Hypervisor.NotSupported
                : function == Start ? answer == (isTaken ? 0 : Hypervisor.InvalidParameters)
                : function == Status || answer == 0;
            Score.Check(isLegal, "its result"u8, function, answer);
            // What is left of its time is time's.
            Score.Take(function == Status ? answer & Running : answer);
        }
        if (isThere)
            Hypervisor.Call(Stop, 0, 0);
    }
}
