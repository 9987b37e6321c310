using System;
using System.Collections.Generic;
using Bulkhead.Devices;
using Bulkhead.Lifecycle;
using Bulkhead.Memory;
using Bulkhead.Partitions;
using Bulkhead.Simulation.Hardware;
using Bulkhead.Simulation.Scheduling;
using Bulkhead.Simulation.Updates;
using Bulkhead.Vcpus;

namespace Bulkhead.Simulation.Guests;

/// <summary>What a guest does on one vCPU: its own set-up, then whatever the dice say. One vCPU of a guest speaks on its console.</summary>
internal abstract class VcpuProgram(Board board, int cpu)
{
    /// <summary>Its set-up is behind it, and it is on.</summary>
    public bool IsReady;

    protected readonly Board Board = board;
    protected readonly int Cpu = cpu;
    protected readonly Queue<Action> SetUp = [];
    private ulong _spoken;

    protected ref VcpuCore Vcpu => ref Board.Vcpus[Cpu];
    protected int Guest => Board.Vcpus[Cpu].Guest;
    protected int Index => Board.Vcpus[Cpu].Index;
    protected ref PartitionCore Partition => ref Board.Partitions[Guest];
    protected GuestLedger Ledger => Board.Ledgers[Guest];
    protected Dice Dice => Board.Dice;
    protected Life Life => Board.Life;
    protected bool Speaks => Index == 0;

    /// <summary>Something is under way that comes to its end before it rests.</summary>
    public bool IsBusy => !IsReady || IsHandling;

    /// <summary>No interrupt of its own gets it on: the hypervisor's watchdog or its trial's end stops it.</summary>
    public bool Hangs => IsReady && Partition.TrialDue > 1 && Ledger.Content.Temper == GuestTemper.Hangs;

    protected abstract bool IsHandling { get; }

    /// <summary>The vCPU's first instruction.</summary>
    public void Begin()
    {
        Life.Trace($"guest{Guest}'s vCPU {Index} begins at {Vcpu.Entry.Value:x}");
        SetUp.Clear();
        IsReady = false;
        BeginInterrupts();
    }

    /// <summary>One thing that the guest does.</summary>
    public void Step()
    {
        Life.Tally.Exits++;
        if (SetUp.TryDequeue(out Action? next))
            next();
        else if (!IsReady)
            IsReady = true;
        else if (Hangs)
            Sleep();
        else if (Life.Quiet)
            Rest();
        else
            Act();
    }

    /// <summary>Queues what a kernel does to its interrupt controller.</summary>
    protected abstract void BeginInterrupts();

    /// <summary>Takes an interrupt if one is due, or ends one.</summary>
    protected abstract bool TryHandleInterrupt();

    /// <summary>
    /// Of an interrupt to another vCPU, the timer, reading registers, another route, and of a wild guest any register of the
    /// interrupt controller or the UART.
    /// </summary>
    public static Habits DeviceHabitsOf(Dice dice) => new(dice, 4, 2, 2, 2, 1, 1);

    /// <summary>One of these, by its number.</summary>
    protected int ChooseDeviceUse()
    {
        const int Orderly = 4;
        int choice = Life.DeviceUses.Choose(Dice);
        return choice >= Orderly && !Ledger.IsWild ? Dice.Next(Orderly) : choice;
    }

    /// <summary>Something to its interrupt controller, timer or UART.</summary>
    protected abstract void UseDevices();

    protected abstract void TurnAnotherOn();

    /// <summary>A byte to its UART, where there is room.</summary>
    protected abstract void SendByte(byte value);

    /// <summary>A load or store that no RAM answers.</summary>
    protected abstract void AccessNothing(GuestPhys address);

    private void Rest()
    {
        if (TryHandleInterrupt())
            return;
        if (Partition.Watchdog.IsRunning)
            Call(HypervisorCall<SimulatedArch>.WatchdogStop);
        else
            Sleep();
    }

    /// <summary>A call about the watchdog, with the manifest's times.</summary>
    protected void Call(uint function)
    {
        ulong before = Board.Time;
        // Perhaps that is how it is to prove itself.
        if (Partition.Entry.Update.Health == HealthSource.Watchdog)
            Life.Updates.Says(Guest);
        ulong result = HypervisorCall<SimulatedArch>.Handle(ref Vcpu, function, 0, 0);
        // What comes between the end of its time and the guest's is too late.
        bool isFed = result == 0 && Partition.Watchdog.State != WatchdogState.Expired;
        if (isFed && function is (HypervisorCall<SimulatedArch>.WatchdogStart or HypervisorCall<SimulatedArch>.WatchdogFeed))
            Ledger.Feeds(before);
    }

    private static void Sleep()
    {
        Scheduler.Current.ComesOut();
        Scheduler.Wait();
    }

    /// <summary>In <see cref="Act"/>'s order.</summary>
    public static Habits HabitsOf(Dice dice) => new(dice, 25, 10, 33, 7, 5, 13, 7);

    private void Act()
    {
        // The old version, too: it has few steps left.
        if (Partition.TrialDue > 1 ? Dice.OneIn(12) : Life.Updates.IsOnTrial(Guest) && Dice.OneIn(3))
        {
            ProveItself();
            return;
        }
        if (Partition.Entry.IsControl && Life.Updating.Choose(Dice) != 0)
        {
            UpdateSomething();
            return;
        }
        switch (Life.Acts.Choose(Dice))
        {
            case 0 when TryHandleInterrupt():
                break;
            case 0:
            case 1:
                TouchMemory();
                break;
            case 2:
                UseDevices();
                break;
            case 3:
                Call();
                break;
            case 4:
                Speak();
                break;
            case 5:
                ChangePower();
                break;
            default:
                Sleep();
                break;
        }
    }

    private void ProveItself()
    {
        if (Ledger.Content.Temper == GuestTemper.Says)
            SayHealthy();
        else if (Ledger.Content.Temper == GuestTemper.Crashes)
            End(StopReason.InstructionFetchOutsideMemory);
        else
            Sleep();
    }

    private void SayHealthy()
    {
        Life.Trace($"guest{Guest} says that it works");
        Life.Updates.Says(Guest);
        ulong result = HypervisorCall<SimulatedArch>.Handle(ref Vcpu, HypervisorCall<SimulatedArch>.Healthy, 0, 0);
        Life.Check(result == 0 || result == HypervisorCall<SimulatedArch>.NotKept && Life.Updates.HasFlashFailed, $"guest{Guest} says that it works, and is told {(long)result}");
    }

    // One vCPU has the client; the others touch the UART as well.
    private void UpdateSomething()
    {
        for (int turns = Dice.Between(1, 60); turns != 0 && Speaks && !Board.HasInterrupt(Vcpu.Cpu); turns--)
            Life.Updater.Turn(ref Board.Control);
        if (!Speaks)
            Board.Control.Serve<UpdateLines<SimulatedArch>>();
    }

    /// <summary>How often a control guest cares for updates: not, and often.</summary>
    public static Habits UpdatingOf(Dice dice) => new(dice, 4, 1);

    private void TouchMemory()
    {
        GuestPhys address = AnyAddress();
        if (address.Value >> 39 != 0)
            return;
        Translation found = Board.Walk(Board.GuestRoots[Guest], address.Value & ~(Appliance.PageSize - 1));
        bool mine = TryFind(address, out HostPhys host, out MappingKind kind, out _);
        Life.Check(mine == (found.Attributes != MapAttributes.None), $"guest{Guest}: a walk of {address.Value:x} and the manifest disagree");
        if (!mine)
        {
            Life.Trace($"guest{Guest}'s vCPU {Index} touches {address.Value:x}, where nothing is");
            AccessNothing(address);
            return;
        }
        Life.Check(found.Output.Value == (host.Value & ~(Appliance.PageSize - 1)), $"guest{Guest}: {address.Value:x} leads to {found.Output.Value:x}");
        if (kind != MappingKind.Ram || Ledger.IsWriting)
            return;
        byte value = (byte)Dice.Next();
        Board.RamAt(host.Value, 1)[0] = value;
        Ledger.Stored(host.Value, value);
    }

    /// <summary>In its memory, at the edges of what it has, where a neighbour's is, or anywhere.</summary>
    protected GuestPhys AnyAddress()
    {
        ref GuestEntry entry = ref Partition.Entry;
        GuestMapping mapping = entry.Mapping[Dice.Next((int)entry.MappingCount)];
        return Dice.Next(8) switch
        {
            0 => new(mapping.Guest.Value + mapping.Size - (Dice.OneIn(3) ? 0 : (ulong)Dice.Next(8) + 4 - (ulong)Dice.Next(16))),
            1 => new(mapping.Guest.Value - 4 + (ulong)Dice.Next(8)),
            2 => new(mapping.Host.Value + (ulong)Dice.Next((int)mapping.Size)),
            3 => new(Dice.Next() >> Dice.Next(64)),
            _ => new(mapping.Guest.Value + (ulong)Dice.Next((int)mapping.Size)),
        };
    }

    /// <param name="left">Bytes from there to the end of the mapping.</param>
    protected bool TryFind(GuestPhys address, out HostPhys host, out MappingKind kind, out ulong left)
    {
        ref GuestEntry entry = ref Board.Appliance.Table.Guest[Guest];
        for (int i = 0; i < (int)entry.MappingCount; i++)
        {
            ulong offset = address.Value - entry.Mapping[i].Guest.Value;
            if (offset >= entry.Mapping[i].Size)
                continue;
            host = entry.Mapping[i].Host + offset;
            kind = entry.Mapping[i].Kind;
            left = entry.Mapping[i].Size - offset;
            return true;
        }
        host = default;
        kind = default;
        left = 0;
        return false;
    }

    private void Call()
    {
        uint function = Dice.Next(3) == 0 ? (uint)Dice.Next() : HypervisorCall<SimulatedArch>.Version + (uint)Dice.Next(10);
        if (function == HypervisorCall<SimulatedArch>.ConsoleWrite)
        {
            WriteBuffer();
            return;
        }
        if (function == HypervisorCall<SimulatedArch>.Healthy)
        {
            if (Ledger.Content.Temper == GuestTemper.Says)
                SayHealthy();
            return;
        }
        if (function is HypervisorCall<SimulatedArch>.WatchdogStart or HypervisorCall<SimulatedArch>.WatchdogFeed)
        {
            Call(function);
            return;
        }
        ulong result = HypervisorCall<SimulatedArch>.Handle(ref Vcpu, function, Dice.Next() >> Dice.Next(64), Dice.OneIn(2) ? 0 : Dice.Next());
        Life.Check(function != HypervisorCall<SimulatedArch>.GuestIdentity || result == (ulong)Guest + 1, $"guest{Guest} is told that it is {result}");
    }

    // Any stretch: what is not all RAM of its own is refused.
    private void WriteBuffer()
    {
        GuestPhys address = AnyAddress();
        ulong bytes = Dice.Next(16) switch { < 4 => Dice.Next() >> Dice.Next(64), 4 => (ulong)Dice.Next(5000), _ => (ulong)Dice.Next(60) };
        bool sound = TryFind(address, out HostPhys first, out MappingKind kind, out ulong left) && kind == MappingKind.Ram && bytes <= left;
        if (sound && !Speaks)
            return;
        int share = (int)Math.Min(bytes, 4096);
        if (sound)
            Ledger.Writes(Board.RamAt(first.Value, share));
        ulong result = HypervisorCall<SimulatedArch>.Handle(ref Vcpu, HypervisorCall<SimulatedArch>.ConsoleWrite, address.Value, bytes);
        Life.Trace($"guest{Guest} writes {bytes} bytes at {address.Value:x} to its console: {(long)result}");
        if (sound)
            Ledger.Wrote(share, (int)result);
        else
            Life.Check(result == HypervisorCall<SimulatedArch>.InvalidParameters, $"guest{Guest}: a console write of {address.Value:x}+{bytes:x} is taken");
    }

    private void Speak()
    {
        if (!Speaks)
            return;
        for (int count = Dice.Between(1, 12); count != 0; count--)
        {
            byte value = (byte)(_spoken++ % 23 == 22 ? '\n' : Dice.OneIn(40) ? Dice.Between(0x1c, 0x1f) : Dice.Between(0x20, 0x7e));
            SendByte(value);
        }
    }

    /// <summary>The guest ends; the vCPU turns itself off; it turns one on.</summary>
    public static Habits PowerHabitsOf(Dice dice) => new(dice, 1, 10, 39);

    private void ChangePower()
    {
        int choice = Life.PowerChanges.Choose(Dice);
        if (choice == 0)
            End(Dice.OneIn(3) ? Dice.Of(StopReason.SystemOff, StopReason.SystemReset) : (StopReason)Dice.Between((int)StopReason.InstructionFetchOutsideMemory, (int)StopReason.TaskSwitch));
        // Its driver gives the console away to nobody.
        if (choice == 1 && !Speaks)
        {
            Life.Trace($"guest{Guest}'s vCPU {Index} turns itself off");
            TurnOff();
        }
        TurnAnotherOn();
    }

    private void End(StopReason reason)
    {
        Life.Tally.Stops++;
        Life.Trace($"guest{Guest} ends: {reason}");
        GuestStop<SimulatedArch>.Stop(ref Vcpu, reason);
    }

    protected virtual void TurnOff() => VcpuLoop<SimulatedArch>.TurnOff(ref Vcpu);
}
