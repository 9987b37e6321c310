using System;
using System.Collections.Generic;
using System.Linq;
using Bulkhead.Diagnostics;
using Bulkhead.Partitions;
using Bulkhead.Simulation.Hardware;
using Bulkhead.Simulation.Updates;
using Bulkhead.Update;
using Bulkhead.Vcpus;

namespace Bulkhead.Simulation.Guests;

/// <summary>What a guest is owed and what it got: memory, interrupts, vCPUs, console bytes.</summary>
internal sealed class GuestLedger
{
    private readonly Board _board;
    private readonly int _guest;
    private readonly Dictionary<(int Owner, uint Interrupt), InterruptAccount> _interrupts = [];
    private readonly List<TurnOnRequest> _requests = [];
    private readonly Dictionary<ulong, byte[]> _memory = [];
    private long _clock;
    private ulong _fed;
    private ulong _argument = 1;
    // vCPUs that are between their entry and their end.
    private uint _inside;
    private bool _begun, _listens, _hears, _overrun;

    /// <summary>It does to its devices what no driver would: what is owed to it cannot be told then.</summary>
    public readonly bool IsWild;

    /// <summary>Keys that were typed for it; what it read of them; what it wrote, and how much of that came out.</summary>
    public readonly List<byte> Typed = [], Read = [], Written = [];

    public bool IsLoaded;

    /// <summary>What was loaded.</summary>
    public GuestContent Content = null!;
    public int Starts;

    public GuestLedger(Board board, int guest)
    {
        _board = board;
        _guest = guest;
        IsWild = board.Dice.OneIn(3);
    }

    private Life Life => _board.Life;

    /// <summary>Its package is in its memory: that, and nothing else.</summary>
    public void Loaded()
    {
        Life.Tally.Starts++;
        Starts++;
        _requests.Clear();
        _memory.Clear();
        _begun = false;
        _fed = _board.Time;
        IsLoaded = true;
        _listens = _hears = false;
        int unit = UpdateUnit.FirstGuest + _guest;
        UnitVersion? version = _board.Appliance.Versions[unit].Find(one => one.Content.IsIn(_board));
        Life.Updates.Launches(unit, version);
        Content = version!.Content;
        ref GuestEntry entry = ref _board.Appliance.Table.Guest[_guest];
        for (int i = 0; i < (int)entry.MappingCount; i++)
        {
            if (entry.Mapping[i].Kind != MappingKind.Ram)
                continue;
            for (ulong page = entry.Mapping[i].Host.Value; page < entry.Mapping[i].Host.Value + entry.Mapping[i].Size; page += Appliance.PageSize)
            {
                byte[] owed = Content.Fresh.TryGetValue(page, out byte[]? content) ? (byte[])content.Clone() : new byte[Appliance.PageSize];
                foreach (HostRange seed in Content.Seeds)
                    TakeSeed(owed, page, seed);
                _memory.Add(page, owed);
            }
        }
        CheckMemory("at its start");
    }

    private void TakeSeed(byte[] owed, ulong page, HostRange seed)
    {
        for (ulong at = seed.Base.Value; at < seed.Base.Value + seed.Size; at++)
        {
            if (at - page < Appliance.PageSize)
                owed[at - page] = _board.RamAt(at, 1)[0];
        }
    }

    public void Feeds(ulong when) => _fed = Math.Max(_fed, when);

    /// <summary>All its CPUs are out of it.</summary>
    public void Ends()
    {
        ref PartitionCore partition = ref _board.Partitions[_guest];
        ulong patience = partition.Entry.Watchdog.Timeout * Board.Frequency / 1000;
        Life.Check(partition.Reason != (int)StopReason.Watchdog || _board.Time - _fed >= patience, $"guest{_guest} ended by its watchdog, and was fed {_board.Time - _fed} counts ago");
        for (int i = 0; i < (int)_board.Partitions[_guest].VcpuCount; i++)
        {
            int cpu = (int)_board.Partitions[_guest].CpuOf(i);
            Life.Check(_inside == 0, $"guest{_guest} is taken apart while its vCPUs {_inside:x} run");
            Life.Check(_board.Vcpus[cpu].Power == (int)VcpuPower.Off, $"guest{_guest} is taken apart while its vCPU {i} is on");
        }
        IsLoaded = false;
        _interrupts.Clear();
    }

    /// <summary>Its devices were quieted: what they raised meanwhile may come to its next life, or not.</summary>
    public void OwesNothing()
    {
        foreach (InterruptAccount account in _interrupts.Values)
            account.Raised = account.Taken = 0;
    }

    /// <summary>The guest itself wrote to its memory.</summary>
    public void Stored(ulong host, byte value) => _memory[host & ~(Appliance.PageSize - 1)][host & (Appliance.PageSize - 1)] = value;

    /// <summary>Somebody of the guest has asked for the vCPU since all was at rest.</summary>
    public bool HasAsked(int target) => _requests.Exists(request => request.Target == target);

    public TurnOnRequest Asks(int target, ulong entry, bool hasArgument)
    {
        TurnOnRequest request = new(target, entry, hasArgument ? _argument++ : null);
        _requests.Add(request);
        return request;
    }

    public void Answered(TurnOnRequest request, bool granted)
    {
        request.Granted = granted;
        if (granted)
            return;
        Life.Check(!request.Carried, $"guest{_guest}: vCPU {request.Target} begins by a call that was refused");
        _requests.Remove(request);
    }

    public void Enters(ref VcpuCore vcpu)
    {
        int index = vcpu.Index;
        _inside |= 1u << index;
        Life.Check(IsLoaded, $"guest{_guest} is entered before it is loaded");
        if (index == 0 && !_begun)
        {
            _begun = true;
            Life.Check(vcpu.Entry.Value == Content.Entry, $"guest{_guest} begins at {vcpu.Entry.Value:x}");
        }
        else if (_board.KnowsStarts(this))
        {
            ulong entry = vcpu.Entry.Value, argument = vcpu.EntryArgument;
            TurnOnRequest? request = _requests.Find(one => one.Target == index && one.Entry == entry && (one.Argument ?? argument) == argument && !one.Carried);
            Life.Check(request is not null, $"guest{_guest}: nobody turned vCPU {index} on at {entry:x}, {argument:x}");
            request!.Carried = true;
        }
        foreach (((int owner, _), InterruptAccount account) in _interrupts)
        {
            if (owner == index)
                account.Raised = account.Taken = 0;
        }
    }

    /// <summary>A vCPU is off: what it handled has ended.</summary>
    public void Leaves(ref VcpuCore vcpu)
    {
        _inside &= ~(1u << vcpu.Index);
        _board.Programs[vcpu.Cpu].IsReady = false;
        foreach (InterruptAccount account in _interrupts.Values)
        {
            if (account.ActiveOn == vcpu.Index)
                account.ActiveOn = -1;
        }
    }

    /// <param name="owner">The vCPU whose private interrupt it is; -1 for a shared one.</param>
    public void Raised(int owner, uint interrupt)
    {
        InterruptAccount account = Account(owner, interrupt);
        account.Raised = ++_clock;
        account.Credit++;
    }

    /// <summary>There is no cause any more why it should come.</summary>
    public void Withdrawn(int owner, uint interrupt) => Account(owner, interrupt).Taken = ++_clock;

    public void Took(int owner, uint interrupt, int vcpu, bool mayRepeat)
    {
        InterruptAccount account = Account(owner, interrupt);
        Life.Check(account.ActiveOn < 0, $"guest{_guest}: vCPU {vcpu} takes interrupt {interrupt}, which vCPU {account.ActiveOn} handles");
        Life.Check(IsWild || mayRepeat || account.Credit > 0, $"guest{_guest}: vCPU {vcpu} takes interrupt {interrupt} more often than it was raised");
        account.Credit--;
        account.Taken = ++_clock;
        account.ActiveOn = vcpu;
    }

    public void Ended(int owner, uint interrupt) => Account(owner, interrupt).ActiveOn = -1;

    /// <summary>Raised after it was last taken.</summary>
    public IEnumerable<(int Owner, uint Interrupt)> Owed() =>
        IsWild ? [] : _interrupts.Where(one => one.Value.Raised > one.Value.Taken && one.Value.ActiveOn < 0).Select(one => one.Key).ToArray();

    /// <summary>Before a write to the console: its bytes as they would come out.</summary>
    public void Writes(ReadOnlySpan<byte> bytes)
    {
        IsWriting = true;
        foreach (byte value in bytes)
            Written.Add((value & 0xfe) == ConsoleTag.RS ? (byte)'?' : value);
    }

    /// <summary>Its memory is being copied to the console: what another of its vCPUs stores there meanwhile comes out, or does not.</summary>
    public bool IsWriting { get; private set; }

    /// <summary>How many of those were taken.</summary>
    public void Wrote(int offered, int taken)
    {
        IsWriting = false;
        Life.Check(taken >= 0 && taken <= offered, $"guest{_guest}: {taken} of {offered} bytes are taken");
        Written.RemoveRange(Written.Count - (offered - taken), offered - taken);
    }

    /// <summary>From now on it takes every byte that is typed for it.</summary>
    public void Listens() => _listens = !IsWild;

    // What was typed while it was away is not told apart from what came after: from the next moment of rest on all counts.
    private void CheckTyped()
    {
        if (_hears && !_overrun)
            CheckSame("was typed", Typed, Read);
        Typed.Clear();
        Read.Clear();
        _hears = _listens;
        _overrun = false;
    }

    public void Reads(byte value) => Read.Add(value);

    /// <summary>It was told that bytes were lost.</summary>
    public void Overran() => _overrun = true;

    /// <summary>All is at rest.</summary>
    public void CheckSettled()
    {
        GuestState state = (GuestState)_board.Partitions[_guest].State;
        if (IsLoaded)
            CheckMemory("");
        Life.Check(state is not (GuestState.Stopping or GuestState.Loading), $"guest{_guest} stays {state}");
        if (state == GuestState.Running)
        {
            foreach (TurnOnRequest request in _requests)
                Life.Check(!request.Granted || request.Carried || !_board.KnowsStarts(this), $"guest{_guest}: vCPU {request.Target} was turned on and never began");
            _requests.RemoveAll(request => request.Carried);
        }
        ref GuestEntry entry = ref _board.Appliance.Table.Guest[_guest];
        for (int i = 0; i < (int)entry.VcpuCount; i++)
        {
            VcpuPower power = (VcpuPower)_board.Vcpus[(int)entry.Cpu[i]].Power;
            Life.Check(power is VcpuPower.Off || state == GuestState.Running && power == VcpuPower.On,
                $"guest{_guest} is {state} and its vCPU {i} {power}");
        }
        CheckConsole(state == GuestState.Running);
        // What was raised twice and taken once may have merged; an edge of the board's may still wait behind one that came.
        foreach (((int owner, _), InterruptAccount account) in _interrupts)
            account.Credit = Math.Min(account.Credit, owner < 0 || account.Raised > account.Taken ? 2 : 0);
    }

    private void CheckConsole(bool running)
    {
        List<byte> came = _board.Console.Of($"guest{_guest}");
        // What a wild one does to its UART's registers may write bytes, too.
        if (!IsWild)
            CheckSame("wrote", Written, came);
        if (running)
            CheckTyped();
    }

    private void CheckSame(string what, List<byte> owed, List<byte> came)
    {
        if (!owed.SequenceEqual(came))
            Life.Fail($"guest{_guest} {what} {owed.Count} bytes, {came.Count} came, alike up to {owed.Zip(came).TakeWhile(pair => pair.First == pair.Second).Count()}");
    }

    private void CheckMemory(string when)
    {
        foreach ((ulong page, byte[] owed) in _memory)
        {
            Span<byte> found = _board.RamAt(page, (int)Appliance.PageSize);
            if (!found.SequenceEqual(owed))
                Life.Fail($"guest{_guest}: byte {page + (ulong)found.CommonPrefixLength(owed):x} of its memory is not what it should be {when}");
        }
    }

    private InterruptAccount Account(int owner, uint interrupt)
    {
        if (!_interrupts.TryGetValue((owner, interrupt), out InterruptAccount? account))
            _interrupts.Add((owner, interrupt), account = new InterruptAccount());
        return account;
    }
}
