namespace Bulkhead.Guests.Hostile;

/// <summary>INIT and STARTUP abuse: of vCPUs that run, wait, do not exist, twice, in the wrong order, at any page of RAM.</summary>
internal static class Power
{
    private const uint Init = 0xc500, InitDeassert = 0x8500, StartUp = 0xc600;
    private const uint Pages = 0x20;

    public static void Run(ref Random random, uint share)
    {
        Second.TurnOff();
        for (uint i = 0; i < share; i++)
        {
            // Never to itself: that is a reset.
            uint target = random.OneIn(3) ? 2 + random.Below(253) : 1;
            // The code that waits, or other RAM below 128 KiB, whatever lies there.
            uint page = random.OneIn(2) ? (uint)(Ram.RealModeCode >> 12) : random.Below(Pages);
            uint command = random.Below(4) switch
            {
                0 => Init,
                1 => InitDeassert,
                _ => StartUp | page,
            };
            // 0xff is everybody.
            LocalApic.Send(target, command);
            Score.Take(command | (ulong)target << 32);
        }
        LocalApic.Send(1, Init);
    }
}
