using Bulkhead.Lifecycle;
using Bulkhead.Simulation.Scheduling;

namespace Bulkhead.Simulation.Checks;

/// <summary>Some CPUs read flash as memory, one writes it in between: nobody reads what is no memory at that moment.</summary>
internal sealed class FlashRace(Life life) : RaceWorld(life, "for flash")
{
    private const int Rounds = 5, Cpus = 3, Writer = 1, MostActs = 16;

    private FlashGate _gate;
    private bool _isWritten;

    public static void Run(Life life)
    {
        for (int round = 0; round < Rounds && life.Violation is null; round++)
            new FlashRace(life).PlayOut();
    }

    private void PlayOut() => PlayOut(Cpus, MostActs, Act, _ => false);

    private void Act(int cpu)
    {
        if (cpu == Writer && Dice.OneIn(2))
            Write();
        else
            Read();
        Scheduler.Point();
    }

    private void Write()
    {
        _gate.EnterToWrite();
        _isWritten = true;
        Scheduler.Point();
        _isWritten = false;
        _gate.ExitFromWriting();
    }

    private void Read()
    {
        while (!_gate.TryEnterToRead())
            Scheduler.Spin();
        for (int words = Dice.Between(1, 3); words != 0; words--)
        {
            Life.Check(!_isWritten, "flash is read while it takes commands");
            Scheduler.Point();
        }
        _gate.ExitFromReading();
    }
}
