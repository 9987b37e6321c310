namespace Bulkhead.Guests.Hostile;

/// <summary>INIT and STARTUP abuse: of vCPUs that run, wait, do not exist, twice, in the wrong order, at any page of RAM.</summary>
internal static class Power
{
    private const uint InitDeassert = 0x8500;
    private const uint FirstPage = 0x10, Pages = 0x10;

    public static void Run(ref Random random, uint share)
    {
        if (!Second.Exists)
            return;
        Second.TurnOff();
        for (uint i = 0; i < share; i++)
        {
            // Never to itself: that is a reset.
            uint target = random.OneIn(3) ? 2 + random.Below(253) : 1;
            // The code that waits, or empty RAM, where zeros are instructions too; not Second's way back.
            uint page = random.OneIn(2) ? (uint)(Ram.RealModeCode >> 12) : FirstPage + random.Below(Pages);
            uint command = random.Below(4) switch
            {
                0 => SecondaryStart.Init,
                1 => InitDeassert,
                _ => SecondaryStart.StartUp | page,
            };
            // 0xff is everybody.
            LocalApic.Send(target, command);
            Score.Take(command | (ulong)target << 32);
        }
        LocalApic.Send(1, SecondaryStart.Init);
    }
}
