using System;

namespace Bulkhead.Guests.Hostile;

/// <summary>arm64's families.</summary>
internal static class Attack
{
    public const int Families = 15;

    public static ReadOnlySpan<byte> Name(int family) => family switch
    {
        0 => "registers"u8,
        1 => "maintenance"u8,
        2 => "debug"u8,
        3 => "vectors"u8,
        4 => "calls"u8,
        5 => "smc"u8,
        6 => "power"u8,
        7 => "gic"u8,
        8 => "storms"u8,
        9 => "nowhere"u8,
        10 => "edges"u8,
        11 => "races"u8,
        12 => "watchdog"u8,
        13 => "control"u8,
        _ => "console"u8,
    };

    public static void Prepare(ref Random random)
    {
        // First: what follows writes over the command line.
        ControlFlood.Prepare();
        Second.Find();
        Ram.Prepare();
        Gic.InitDistributor();
        Gic.InitCpu();
        SystemSpace.Prepare();
        Access.Prepare();
        Instructions.Prepare(ref random);
        Calls.Prepare();
    }

    public static void Run(int family, ref Random random, uint share)
    {
        switch (family)
        {
            case 0:
                SystemSpace.Run(ref random, share);
                break;
            case 1:
                SystemSpace.Maintain(ref random, share);
                break;
            case 2:
                Debug.Run(ref random, share);
                break;
            case 3:
                Instructions.Run(ref random, share);
                break;
            case 4:
                Calls.Run(ref random, share, Calls.Hvc);
                break;
            case 5:
                Calls.Run(ref random, share, Calls.Smc);
                break;
            case 6:
                Power.Run(ref random, share / 8);
                break;
            case 7:
                Devices.FloodGic(ref random, share);
                break;
            case 8:
                Storms.Run(ref random, share);
                break;
            case 9:
                Devices.FloodNowhere(ref random, share);
                break;
            case 10:
                Devices.FloodEdges(ref random, share);
                break;
            case 11:
                Races.Run(ref random, share);
                break;
            case 12:
                Watchdogs.Run(ref random, share);
                break;
            case 13:
                ControlFlood.Run(ref random, share);
                break;
            default:
                ConsoleFlood.Run(ref random, share);
                break;
        }
    }
}
