using System;
using System.Collections.Generic;
using System.Linq;
using Bulkhead.Arm64.Gic;
using Bulkhead.Devices;

namespace Bulkhead.Tests.Gic;

/// <summary>
/// A guest doing anything a guest may do with its GIC, beside a plain account of what the architecture owes it:
/// pending, active, enabled, priority and route of every interrupt, nothing about list registers.
/// </summary>
internal sealed class GuestModel
{
    private const uint Timer = InterruptId.VirtualTimer;
    private const uint FirstSpi = InterruptId.FirstSpi;

    // SPIs 32-39 level, 40-43 assigned (edge), 44-63 edge; SGIs 0-15 and the timer are private.
    private const uint FirstAssigned = 40;
    private const uint FirstEdge = 44;
    private const uint EndOfSpis = 64;

    private readonly FakeBoard _board;
    private readonly bool _eoiMode;
    private readonly int _vcpus;
    private readonly HashSet<(int Vcpu, uint Intid)> _latched = [];
    private readonly HashSet<uint> _high = [];
    private readonly HashSet<(int Vcpu, uint Intid)> _active = [];
    private readonly HashSet<(int Vcpu, uint Intid)> _disabled = [];
    private readonly Dictionary<(int Vcpu, uint Intid), uint> _priority = [];
    private readonly Dictionary<uint, int> _route = [];

    // Taken and not ended, innermost last; and with EOImode 1 dropped and not deactivated.
    private readonly List<uint>[] _nested;
    private readonly List<uint>[] _dropped;

    public GuestModel(int vcpus, int listRegisters, bool eoiMode)
    {
        _vcpus = vcpus;
        _eoiMode = eoiMode;
        _board = new FakeBoard(vcpus, listRegisters);
        for (uint intid = FirstAssigned; intid < FirstEdge; intid++)
            _board.Gic.State.Assign(intid, intid + 100);
        _board.StartWithEverythingOn();
        _board.WriteGicd(0, 0xc08, 0xffff0000);
        _board.WriteGicd(0, 0xc0c, 0xffffffff);
        _nested = new List<uint>[vcpus];
        _dropped = new List<uint>[vcpus];
        for (int vcpu = 0; vcpu < vcpus; vcpu++)
        {
            _board.Cpus[vcpu].EoiMode = eoiMode;
            _nested[vcpu] = [];
            _dropped[vcpu] = [];
        }
    }

    public string? Failure { get; private set; }

    /// <summary>What the guest did, for reading a failure.</summary>
    public List<string> Trace { get; } = [];

    private static int Owner(int vcpu, uint intid) => intid < FirstSpi ? vcpu : -1;

    private int Route(uint intid) => _route.GetValueOrDefault(intid);

    private uint Priority(int owner, uint intid) => _priority.GetValueOrDefault((owner, intid), 0xa0u);

    private bool IsPending(int owner, uint intid) =>
        _latched.Contains((owner, intid)) || (owner < 0 && _high.Contains(intid))
        || (intid == Timer && _board.Cpus[owner].TimerLine);

    public void Do(int code)
    {
        if (Failure != null)
            return;
        var dice = new Dice(code);
        int vcpu = dice.Next(_vcpus);
        switch (dice.Next(24))
        {
            case 0 or 1 or 2:
                SendSgi(vcpu, (uint)dice.Next(16), (uint)dice.Next(1 << _vcpus));
                break;
            case 3 or 4:
                SetLine(vcpu, FirstSpi + (uint)dice.Next(8), dice.Next(3) != 0);
                break;
            case 5 or 6:
                SetPending(vcpu, FirstEdge + (uint)dice.Next(20));
                break;
            case 7:
                RaisePhysical(FirstAssigned + (uint)dice.Next(4));
                break;
            case 8:
                _board.Cpus[vcpu].TimerLine = true;
                break;
            case 9 or 10:
                Enable(vcpu, dice.Next(_vcpus), AnyInterrupt(ref dice), dice.Next(2) != 0);
                break;
            case 11:
                SetPriority(vcpu, dice.Next(_vcpus), AnyInterrupt(ref dice), (uint)dice.Next(8) * 0x20);
                break;
            case 12:
                MoveRoute(vcpu, FirstSpi + (uint)dice.Next(32), dice.Next(_vcpus));
                break;
            case 13:
                ClearPending(vcpu, FirstEdge + (uint)dice.Next(20));
                break;
            case 14:
                CheckActive(vcpu);
                break;
            case 15:
                _board.TakeExits(vcpu);
                break;
            case 16:
                CheckPending(vcpu);
                break;
            case 17 or 18 or 19 or 20:
                Acknowledge(vcpu);
                break;
            default:
                End(vcpu, ref dice);
                break;
        }
    }

    /// <summary>Everything on, everything handled: what is owed must come, in order, and then nothing more.</summary>
    public void Finish()
    {
        for (int vcpu = 0; vcpu < _vcpus; vcpu++)
        {
            for (uint intid = 0; intid < EndOfSpis; intid++)
            {
                if (_disabled.Contains((Owner(vcpu, intid), intid)))
                    Enable(vcpu, vcpu, intid, true);
            }
        }
        foreach (uint intid in _high.ToArray())
            SetLine(0, intid, false);
        for (int round = 0; round < 2000 && Failure == null; round++)
        {
            int before = _latched.Count + _active.Count + _board.Cpus.Count(cpu => cpu.TimerLine);
            if (before == 0)
                break;
            for (int vcpu = 0; vcpu < _vcpus; vcpu++)
            {
                Acknowledge(vcpu);
                var dice = new Dice(round);
                End(vcpu, ref dice);
                End(vcpu, ref dice);
            }
        }
        if (Failure != null)
            return;
        _board.Settle();
        if (_latched.Count + _active.Count != 0)
            Failure = $"{_latched.Count} still pending, {_active.Count} still active";
        foreach (FakeCpu cpu in _board.Cpus)
        {
            if (cpu.Acknowledge() != FakeCpu.Spurious)
                Failure = $"one too many on vCPU {cpu.Index}: {cpu.ActiveIds}";
            if (cpu.Hcr != HypControl.En)
                Failure = $"ICH_HCR_EL2 is {cpu.Hcr:x} at rest";
            if (cpu.Timer.Active)
                Failure = "the physical timer is left active";
        }
    }

    private static uint AnyInterrupt(ref Dice dice)
    {
        uint intid = (uint)dice.Next(49);
        return intid < 16 ? intid : intid == 16 ? Timer : intid + 15;
    }

    private void SendSgi(int vcpu, uint intid, uint targets)
    {
        Trace.Add($"{vcpu}: SGI {intid} to {targets:b}");
        _board.SendSgi(vcpu, intid, targets);
        for (int target = 0; target < _vcpus; target++)
        {
            if ((targets & (1u << target)) != 0)
                _latched.Add((target, intid));
        }
    }

    private void SetLine(int vcpu, uint intid, bool level)
    {
        Trace.Add($"{vcpu}: line {intid} {level}");
        _board.SetLine(vcpu, intid, level);
        if (level)
            _high.Add(intid);
        else
            _high.Remove(intid);
    }

    private void SetPending(int vcpu, uint intid)
    {
        Trace.Add($"{vcpu}: ISPENDR {intid}");
        _board.WriteGicd(vcpu, 0x200 + (intid >> 5) * 4, 1u << (int)intid);
        _latched.Add((-1, intid));
    }

    // The race with another vCPU that takes it at this moment has no one right answer: settled first.
    private void ClearPending(int vcpu, uint intid)
    {
        Trace.Add($"{vcpu}: ICPENDR {intid}");
        _board.Settle();
        _board.WriteGicd(vcpu, 0x280 + (intid >> 5) * 4, 1u << (int)intid);
        _board.Settle();
        _latched.Remove((-1, intid));
    }

    // A second edge before the guest takes the first comes as a second interrupt: the first is then already active
    // physically, where a GIC of its own would have merged them. Not done here.
    private void RaisePhysical(uint intid)
    {
        Trace.Add($"physical {intid}");
        if (_latched.Contains((-1, intid)))
            return;
        _board.Physical(0, intid + 100).Pending = true;
        _latched.Add((-1, intid));
    }

    private void Enable(int vcpu, int target, uint intid, bool on)
    {
        Trace.Add($"{vcpu}: enable {intid} of {target} {on}");
        uint register = on ? 0x100u : 0x180u;
        if (intid < FirstSpi)
            _board.WriteGicr(vcpu, target, 0x1_0000 + register, 1u << (int)intid);
        else
            _board.WriteGicd(vcpu, register + (intid >> 5) * 4, 1u << (int)intid);
        if (on)
            _disabled.Remove((Owner(target, intid), intid));
        else
            _disabled.Add((Owner(target, intid), intid));
    }

    private void SetPriority(int vcpu, int target, uint intid, uint priority)
    {
        Trace.Add($"{vcpu}: priority {intid} of {target} {priority:x}");
        int owner = Owner(target, intid);
        // Of an active one the account would be ambiguous: it keeps the priority it was taken with.
        if (_active.Contains((owner, intid)))
            return;
        _board.Settle();
        if (intid < FirstSpi)
            _board.WriteGicr(vcpu, target, 0x1_0400 + intid, priority, AccessSize.Byte);
        else
            _board.WriteGicd(vcpu, 0x400 + intid, priority, AccessSize.Byte);
        _priority[(owner, intid)] = priority;
    }

    private void MoveRoute(int vcpu, uint intid, int target)
    {
        Trace.Add($"{vcpu}: route {intid} to {target}");
        _board.WriteGicd(vcpu, 0x6000 + intid * 8, (uint)target, AccessSize.DoubleWord);
        _route[intid] = target;
    }

    private bool IsDeliverable(int vcpu, int owner, uint intid) =>
        IsPending(owner, intid) && !_active.Contains((owner, intid)) && !_disabled.Contains((owner, intid))
        && (owner >= 0 || Route(intid) == vcpu);

    private void Acknowledge(int vcpu)
    {
        _board.Settle();
        FakeCpu cpu = _board.Cpus[vcpu];
        uint best = 0x100;
        for (uint intid = 0; intid < EndOfSpis; intid++)
        {
            int owner = Owner(vcpu, intid);
            if (IsDeliverable(vcpu, owner, intid))
                best = Math.Min(best, Priority(owner, intid));
        }
        bool owed = best < Math.Min(cpu.RunningPriority, 0xff);
        uint taken = cpu.Acknowledge();
        Trace.Add($"{vcpu}: took {taken}");
        if (taken == FakeCpu.Spurious)
        {
            if (owed)
                Failure = $"vCPU {vcpu} is owed an interrupt of priority {best:x}";
            return;
        }
        int its = Owner(vcpu, taken);
        if (!IsDeliverable(vcpu, its, taken))
            Failure = $"vCPU {vcpu} got {taken}, which is not deliverable";
        else if (Priority(its, taken) != best)
            Failure = $"vCPU {vcpu} got {taken} of priority {Priority(its, taken):x} before {best:x}";
        _latched.Remove((its, taken));
        _active.Add((its, taken));
        _nested[vcpu].Add(taken);
        if (taken == Timer)
            cpu.TimerLine = false;
    }

    private void End(int vcpu, ref Dice dice)
    {
        FakeCpu cpu = _board.Cpus[vcpu];
        if (_eoiMode && _dropped[vcpu].Count != 0 && (dice.Next(2) != 0 || _nested[vcpu].Count == 0))
        {
            // Deactivation in any order, also long after the priority drop.
            uint ended = _dropped[vcpu][dice.Next(_dropped[vcpu].Count)];
            _dropped[vcpu].Remove(ended);
            Trace.Add($"{vcpu}: DIR {ended}");
            cpu.DeactivateInterrupt(ended);
            _active.Remove((Owner(vcpu, ended), ended));
            return;
        }
        if (_nested[vcpu].Count == 0)
            return;
        uint intid = _nested[vcpu][^1];
        _nested[vcpu].RemoveAt(_nested[vcpu].Count - 1);
        Trace.Add($"{vcpu}: EOI {intid}");
        cpu.EndOfInterrupt(intid);
        if (_eoiMode)
            _dropped[vcpu].Add(intid);
        else
            _active.Remove((Owner(vcpu, intid), intid));
    }

    private void CheckActive(int vcpu)
    {
        _board.Settle();
        uint got = (uint)_board.Gicd(vcpu, 0x304);
        uint owed = Word(intid => _active.Contains((-1, intid)));
        if (got != owed)
            Failure = $"ISACTIVER1 is {got:x}, owed {owed:x}";
        for (int target = 0; target < _vcpus; target++)
        {
            uint its = (uint)_board.Gicr(vcpu, target, 0x1_0300);
            uint expected = 0;
            foreach ((int owner, uint intid) in _active)
                expected |= owner == target ? 1u << (int)intid : 0;
            if (its != expected)
                Failure = $"ISACTIVER0 of {target} is {its:x}, owed {expected:x}";
        }
    }

    private void CheckPending(int vcpu)
    {
        _board.Settle();
        uint got = (uint)_board.Gicd(vcpu, 0x204);
        uint owed = Word(intid => IsPending(-1, intid));
        if (got != owed)
            Failure = $"ISPENDR1 is {got:x}, owed {owed:x}";
    }

    private static uint Word(Func<uint, bool> test)
    {
        uint word = 0;
        for (uint intid = FirstSpi; intid < EndOfSpis; intid++)
            word |= test(intid) ? 1u << (int)intid : 0;
        return word;
    }
}
