using System;
using System.Runtime.CompilerServices;
using System.Text;
using Bulkhead.Devices;
using Bulkhead.Lifecycle;
using Bulkhead.Partitions;
using Bulkhead.Simulation.Checks;
using Bulkhead.Simulation.Guests;
using Bulkhead.Simulation.Hardware;
using Bulkhead.Simulation.Scheduling;
using Bulkhead.Simulation.Updates;
using Bulkhead.Tests.Update;
using Bulkhead.Vcpus;

namespace Bulkhead.Simulation;

/// <summary>
/// One board with one appliance, through some power cycles. Everything in it follows from its seed. A step is one point
/// at which another CPU or the world outside may come between.
/// </summary>
internal sealed class Life : IWorld
{
    private const int MostSettlingSteps = 20_000;
    // Of one CPU inside the hypervisor for one exit; a load is what takes longest.
    private const int LongestExit = 6_000;

    /// <summary>Steps of one CPU in a race of Checks, its waiting for the others included.</summary>
    public const int LongestRace = 20_000;

    public readonly ulong Seed;
    public readonly Dice Dice;
    public readonly Appliance Appliance;
    public readonly Tally Tally;

    /// <summary>Hardware errors are among what happens.</summary>
    public bool Faulty;
    public bool Booted;

    /// <summary>Guests begin nothing new: what is under way comes to rest, and is then looked at.</summary>
    public bool Quiet;

    /// <summary>What guests do, to their devices, and to their own power; what comes from outside.</summary>
    public Habits Acts = null!, DeviceUses = null!, PowerChanges = null!, Updating = null!;

    /// <summary>The boot flash, and what is known of it, stay over every loss of power.</summary>
    public FlashModel Flash;
    public readonly UpdateLedger Updates;
    public readonly Updater Updater;

    /// <summary>Chips that do not take what they are told are among the errors.</summary>
    public bool FlashFails;

    /// <summary>With errors, one in so many reads of a disk fails.</summary>
    public int UnreadOneIn;
    private Habits _events = null!;

    private readonly TraceLog _trace;
    private readonly long _budget;
    private readonly byte[] _ram = new byte[1536 * (int)Appliance.PageSize];
    private StateChecks _states = null!;
    private Board _board = null!;
    private uint _asked;
    private (int Guest, GuestRequest Request) _wanted;
    private int _lossOneIn, _untilQuiet, _untilEvent, _settling, _idleEvents, _selected;

    public Life(ulong seed, long budget, Tally tally, TraceLog trace)
    {
        Seed = seed;
        Dice = new Dice(seed);
        Tally = tally;
        _budget = budget;
        _trace = trace;
        Appliance = new Appliance(Dice, Dice.OneIn(3) ? CpuArchitecture.X86_64 : CpuArchitecture.Arm64);
        Flash = new FlashModel(Appliance.Architecture == CpuArchitecture.X86_64);
        Appliance.Deliver(Flash, Dice.OneIn(2));
        Flash = Flash.AfterCut(() => SimulatedFlash.Meanwhile(this));
        Updates = new UpdateLedger(this);
        Updater = new Updater(this);
    }

    public long Steps { get; private set; }

    public string? Violation { get; private set; }

    public void Run()
    {
        // What memory holds when power comes is anything; after a short loss it is what was there.
        Dice.Fill(_ram);
        TableFuzz.Run(this);
        UartRace<VirtualPl011>.Run(this, UartKind.Pl011);
        UartRace<VirtualUart16550>.Run(this, UartKind.Uart16550);
        ConsoleRace.Run(this);
        GicRace.Run(this);
        SgiRace.Run(this);
        ApicRace.Run(this);
        ApicResetRace.Run(this);
        FlashRace.Run(this);
        while (Steps < _budget && Violation is null)
        {
            if (Dice.OneIn(3))
                Dice.Fill(_ram);
            PowerCycle();
        }
    }

    private void PowerCycle()
    {
        Tally.PowerCycles++;
        Quiet = false;
        Booted = false;
        Faulty = Dice.OneIn(3);
        _settling = 0;
        _idleEvents = 0;
        _selected = 0;
        _wanted = default;
        _asked = 0;
        _untilQuiet = UntilQuiet();
        _untilEvent = Dice.Between(1, 100);
        Acts = VcpuProgram.HabitsOf(Dice);
        DeviceUses = VcpuProgram.DeviceHabitsOf(Dice);
        PowerChanges = VcpuProgram.PowerHabitsOf(Dice);
        Updating = VcpuProgram.UpdatingOf(Dice);
        FlashFails = Faulty && Dice.OneIn(3);
        UnreadOneIn = Dice.Of(12, 40, 400);
        _lossOneIn = Dice.Of(150, 150, 800);
        _events = new Habits(Dice, 8, 8, 8, 1, 15);
        Flash.Lose((int)(Dice.Next() >> 40));
        Flash = Flash.AfterCut();
        Updater.LosesLine();
        Updates.PowerOn();
        if (Violation is not null)
            return;
        _board = Appliance.Architecture == CpuArchitecture.Arm64 ? new ArmBoard(this, _ram) : new PcBoard(this, _ram);
        if (Faulty && Dice.OneIn(2))
            Damage();
        _states = new StateChecks(_board);
        Trace("power comes on");
        Scheduler.Run(this, Dice, Appliance.Cpus, Dice.Of(1, 2, 3, 6, 16, 60), _board.PowerOn);
    }

    // One bit of a slot. What is not read is not noticed.
    private void Damage()
    {
        ImageRange slot = Appliance.Slot(Dice.Next(Appliance.Versions.Length), Dice.Next(2));
        if (slot.Size == 0)
            return;
        int at = (int)slot.Offset + Dice.Next(20_000);
        _board.Flash.Weaken(at, Dice.Next(8));
        Trace($"byte {at:x} of the flash is damaged");
    }

    public void AfterStep(Fiber here)
    {
        Steps++;
        if (Scheduler.Ending)
            return;
        if (Booted && here.Inside > LongestExit)
            Fail($"CPU {here.Cpu} does not come out of the hypervisor");
        _states.Run();
        if (Steps >= _budget)
        {
            Scheduler.End();
            return;
        }
        // The line's own pace; outside events are stalls and bursts of it.
        if (Steps % (Booted ? 150 : 10) == 0)
            _board.Wire.Carry(4);
        if (!Booted)
        {
            if (Dice.OneIn(4000))
                LosePower();
            return;
        }
        if (Quiet)
        {
            if (++_settling > MostSettlingSteps)
                Fail($"the board does not come to rest; CPU {here.Cpu}: {_board.Describe(here.Cpu)}");
            return;
        }
        if (--_untilEvent <= 0)
        {
            _untilEvent = Dice.Between(1, 80);
            OutsideEvent();
        }
        if (--_untilQuiet <= 0)
        {
            Quiet = true;
            _settling = 0;
            Trace("guests come to rest");
        }
    }

    /// <summary>Somebody has bytes and the wire no room: that takes its time, and is not unrest.</summary>
    public void WaitForWire()
    {
        _settling = 0;
        _states.ForgetTimes();
    }

    private void OutsideEvent()
    {
        Tally.Events++;
        if (Dice.OneIn(_lossOneIn))
        {
            LosePower();
            return;
        }
        switch (_events.Choose(Dice))
        {
            case 0:
                _board.Wire.Carry(Dice.Between(1, Wire.Depth));
                break;
            case 1:
                _board.Time += (ulong)Dice.Next(3000);
                break;
            case 2:
                TypeBytes();
                break;
            case 3:
                Manage();
                break;
            default:
                _board.Disturb();
                break;
        }
    }

    /// <summary>At whatever point comes next.</summary>
    public void LosePower()
    {
        Tally.PowerLosses++;
        Trace("power is lost");
        Scheduler.End();
    }

    // Somebody outside wants a guest started, stopped or restarted.
    private void Manage()
    {
        int guest = Dice.Next(Appliance.Guests);
        GuestRequest request = Dice.Of(GuestRequest.Start, GuestRequest.Start, GuestRequest.Restart, GuestRequest.Restart, GuestRequest.Stop);
        Trace($"a {request} of guest{guest} is asked for");
        Tally.Requests++;
        _wanted = (guest, request);
        _asked |= 1u << guest;
    }

    // At the other end of the console line: keys, and commands that choose who gets them.
    private void TypeBytes()
    {
        if (_board.Wire.Incoming.Count > 8)
            return;
        if (Dice.OneIn(12))
        {
            _board.Wire.Incoming.Enqueue(0x14);
            _board.Wire.Incoming.Enqueue((byte)'m');
            foreach (char letter in Updater.Order() + "\r")
                _board.Wire.Incoming.Enqueue((byte)letter);
            return;
        }
        if (Dice.OneIn(6))
        {
            _board.Wire.Incoming.Enqueue(0x14);
            int choice = Dice.Next(Appliance.Guests + 1);
            if (choice < Appliance.Guests)
                _selected = choice;
            _board.Wire.Incoming.Enqueue(choice < Appliance.Guests ? (byte)('1' + choice) : (byte)'?');
            return;
        }
        for (int count = Dice.Between(1, 6); count != 0; count--)
        {
            byte value = (byte)Dice.Between(0x20, 0x7e);
            _board.Wire.Incoming.Enqueue(value);
            _board.Ledgers[_selected].Typed.Add(value);
        }
    }

    /// <summary>Whether anything was asked of a guest since power came.</summary>
    public bool WasAsked(int guest) => (_asked >> guest & 1) != 0;

    /// <summary>The CPU that comes by carries out what was asked for.</summary>
    public bool TryTakeRequest(out int guest, out GuestRequest request)
    {
        (guest, request) = _wanted;
        _wanted = default;
        return request != GuestRequest.None;
    }

    public bool MayWake(Fiber fiber)
    {
        if (_wanted.Request != GuestRequest.None || _board.HasInterrupt(fiber.Cpu))
            return true;
        ref VcpuCore vcpu = ref _board.Vcpus[fiber.Cpu];
        return vcpu.Power == (int)VcpuPower.On && !_board.Programs[fiber.Cpu].Hangs && (_board.HasGuestInterrupt(fiber.Cpu) || (Quiet ? _board.Programs[fiber.Cpu].IsBusy : Dice.OneIn(4)));
    }

    public bool OnAllWaiting()
    {
        if (!Quiet)
        {
            // Nobody is left who would do anything: some more events, then the power goes.
            if (++_idleEvents > 200)
                return false;
            if (!_board.AdvanceToTimer())
                OutsideEvent();
            return true;
        }
        if (_board.Wire.Waiting != 0)
        {
            _board.Wire.Carry(Wire.Depth);
            return true;
        }
        if (_board.AdvanceToTimer())
            return true;
        Settled();
        return Violation is null;
    }

    private void Settled()
    {
        Tally.Settled++;
        Trace("all is at rest");
        Scheduler.Masked++;
        _board.CheckSettled();
        Scheduler.Masked--;
        Quiet = false;
        _untilQuiet = UntilQuiet();
    }

    // Now and then longer than any watchdog waits.
    private int UntilQuiet() => Dice.OneIn(6) ? Dice.Between(4000, 16_000) : Dice.Between(500, 4000);

    public void OnCrash(Fiber here, Exception error)
    {
        Trace(error.ToString());
        Report($"CPU {here.Cpu}: {error.GetType().Name}: {error.Message}");
        Scheduler.End();
    }

    /// <summary>The board stops for good: only where nothing on the image can be run.</summary>
    public void Halt()
    {
        Trace($"the board stops: {Encoding.Latin1.GetString([.. _board.Wire.Sent]).ReplaceLineEndings(" ")}");
        Check(!Booted && Faulty, "the board stops although nothing is wrong with it");
        Tally.Halts++;
        Scheduler.End();
        throw new BoardEnds();
    }

    public void Check(bool holds, string violation)
    {
        if (!holds)
            Fail(violation);
    }

    /// <summary>A guest's policy wants the board reset.</summary>
    public void ResetBoard()
    {
        Trace("the board resets");
        Tally.Resets++;
        Scheduler.End();
        throw new BoardEnds();
    }

    /// <summary>An invariant does not hold: the life ends here.</summary>
    public void Fail(string violation)
    {
        Report(violation);
        Scheduler.End();
        if (Scheduler.HasCurrent && Scheduler.Masked == 0)
            throw new BoardEnds();
    }

    private void Report(string violation)
    {
        Violation ??= violation;
        Trace($"VIOLATION: {violation}");
    }

    public Wire Wire => _board.Wire;

    public bool IsTraced => _trace.IsOn;

    public void Trace(string what)
    {
        if (_trace.IsOn)
            _trace.Add($"{Steps,8} {(Scheduler.HasCurrent ? $"CPU {Scheduler.Current.Cpu}" : "     ")} {what}");
    }

    public void Trace([InterpolatedStringHandlerArgument("")] ref TraceText what)
    {
        if (_trace.IsOn)
            Trace(what.ToString());
    }
}
