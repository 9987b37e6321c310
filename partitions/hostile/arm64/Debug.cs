namespace Bulkhead.Guests.Hostile;

/// <summary>
/// The self-hosted debug registers, which are the guest's (docs/decisions/0003), with monitor debug on and off; those of
/// trace, counters and profiling, which are not; and BRK.
/// </summary>
internal static class Debug
{
    private const ulong MonitorDebug = 1 << 15, KernelDebug = 1 << 13, CommsTrap = 1 << 12;
    private const uint Breakpoint = 0xd420_0000;

    private static ulong Place => Ram.OtherCode + 0xf00;

    public static void Run(ref Random random, uint share)
    {
        Code.Put(Place, Breakpoint | (random.Below(1 << 16) << 5));
        Code.Publish(Place, Place + 16);
        // PSTATE.D stays set: what is configured matches, and does not come.
        Code.WriteMdscr((random.Next() & (MonitorDebug | KernelDebug)) | (random.OneIn(4) ? CommsTrap : 0));
        for (uint i = 0; i < share; i++)
        {
            if (random.OneIn(32))
            {
                ulong esr = Code.Run(Place);
                Score.Check(Syndrome.Class(esr) == Syndrome.Breakpoint, "BRK"u8, 0, esr);
                Score.Take(esr);
                continue;
            }
            SystemSpace.TryDebug(ref random);
        }
        Code.WriteMdscr(0);
    }
}
