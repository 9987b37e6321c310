using System;

namespace Bulkhead.Guests.Hostile;

/// <summary>x86-64's families.</summary>
internal static class Attack
{
    public const int Families = 15;

    public static ReadOnlySpan<byte> Name(int family) => family switch
    {
        0 => "msrs"u8,
        1 => "cpuid"u8,
        2 => "instructions"u8,
        3 => "maintenance"u8,
        4 => "debug"u8,
        5 => "calls"u8,
        6 => "ports"u8,
        7 => "power"u8,
        8 => "apics"u8,
        9 => "storms"u8,
        10 => "forms"u8,
        11 => "races"u8,
        12 => "watchdog"u8,
        13 => "control"u8,
        _ => "console"u8,
    };

    public static void Prepare(ref Random random)
    {
        // First: what follows writes over the command line.
        ControlFlood.Prepare();
        _ = Hypervisor.IsPresent;
        LocalApic.Enable(false);
        Ram.Prepare();
        Access.Prepare(ref random);
        Instructions.Prepare();
        Calls.Prepare();
    }

    public static void Run(int family, ref Random random, uint share)
    {
        switch (family)
        {
            case 0:
                Msrs.Run(ref random, share);
                break;
            case 1:
                CpuidFlood.Run(ref random, share);
                break;
            case 2:
                Instructions.Run(ref random, share);
                break;
            case 3:
                Instructions.Maintain(ref random, share);
                break;
            case 4:
                Instructions.Debug(ref random, share);
                break;
            case 5:
                Calls.Run(ref random, share);
                break;
            case 6:
                Ports.Run(ref random, share);
                break;
            case 7:
                Power.Run(ref random, share / 16);
                break;
            case 8:
                Devices.FloodApics(ref random, share);
                break;
            case 9:
                Storms.Run(ref random, share);
                break;
            case 10:
                Devices.FloodForms(ref random, share);
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
