using Bulkhead.Devices;
using Bulkhead.Simulation.Scheduling;
using Bulkhead.X86.Apic;

namespace Bulkhead.Simulation.Checks;

/// <summary>
/// A guest's APICs are reset at its end while a CPU outside moves a line of its UART, as a byte comes for it: whatever was
/// on its way, the next life begins with empty inboxes.
/// </summary>
internal sealed class ApicResetRace(Life life) : RaceWorld(life, "for a line at a guest's end")
{
    private const int Rounds = 5, Outside = 1, MostMoves = 8;
    private const uint Vcpus = 2, Pin = 4, Vector = 0x54, FirstEntry = 0x10;
    private const ulong LocalPage = 0xfee0_0000;

    private static VirtualApics s_apics;

    private bool _isReset;

    public static void Run(Life life)
    {
        for (int round = 0; round < Rounds && life.Violation is null; round++)
            new ApicResetRace(life).Race();
    }

    private void Race()
    {
        s_apics = default;
        s_apics.Initialize(Vcpus, LocalPage);
        uint target = (uint)Dice.Next((int)Vcpus);
        Write(FirstEntry + 2 * Pin + 1, target << 24);
        Write(FirstEntry + 2 * Pin, Vector);
        PlayOut(Outside + 1, MostMoves, Act, _ => false);
        for (uint vcpu = 0; vcpu < Vcpus && Life.Violation is null; vcpu++)
        {
            if (s_apics.Local.At(vcpu).Inbox.Requests != 0)
                Life.Fail($"vCPU {vcpu} begins its next life with what was sent to it in its last");
        }
    }

    private static void Write(uint register, uint value)
    {
        IoApicRegisters<Nobody>.Write(ref s_apics, ref s_apics.Local.At(0), 0, AccessSize.Word, register);
        IoApicRegisters<Nobody>.Write(ref s_apics, ref s_apics.Local.At(0), 0x10, AccessSize.Word, value);
    }

    private void Act(int cpu)
    {
        if (cpu == Outside)
        {
            IoApicRegisters<Nobody>.SetLineFromOutside(ref s_apics, Pin, true);
            IoApicRegisters<Nobody>.SetLineFromOutside(ref s_apics, Pin, false);
        }
        else if (!_isReset)
        {
            s_apics.Reset(LocalPage);
            _isReset = true;
        }
        Scheduler.Point();
    }

    private readonly struct Nobody : IApicHardware
    {
        public static void Kick(int physicalCpu) => Scheduler.Point();

        public static ulong ReadTsc() => 1;

        public static void EndPhysical(uint gsi)
        {
        }
    }
}
