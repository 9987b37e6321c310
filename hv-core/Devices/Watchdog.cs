using System;

namespace Bulkhead.Devices;

/// <summary>
/// A guest's watchdog, whatever face the guest knows it by: a first stage whose end is the pre-timeout, and a second
/// one whose end is the guest's. Feeding it begins the first stage anew. Times are clock counts.
/// </summary>
/// <remarks>State only; <see cref="GuestWatchdog{TArch}"/> gives it time and holds its lock.</remarks>
public struct Watchdog
{
    /// <summary>No stage is longer: what the offset register of Arm's generic watchdog holds.</summary>
    public const ulong LongestStage = (1ul << 48) - 1;

    public SpinLock Lock;
    /// <summary>The CPU whose timer stands for it: the last one that wrote to it.</summary>
    public int Holder;
    /// <summary>Its interrupt line is asserted: the pre-timeout has passed.</summary>
    public bool Line;
    private WatchdogState _state;
    private ulong _first;
    private ulong _second;
    private ulong _deadline;
    private bool _endedBefore;

    public readonly WatchdogState State => _state;

    /// <summary>Length of the first stage.</summary>
    public readonly ulong First => _first;

    /// <summary>Length of the second stage.</summary>
    public readonly ulong Second => _second;

    /// <summary>The end of the stage that runs; while off, of the one that the last feeding began.</summary>
    public readonly ulong Deadline => _deadline;

    public readonly bool IsRunning => _state is WatchdogState.Counting or WatchdogState.Late;

    /// <summary>The guest's last life ended because of its watchdog. Feeding forgets it.</summary>
    public readonly bool EndedBefore => _endedBefore;

    /// <summary>Off, as a guest finds it at its start. That it had expired is remembered.</summary>
    public void Reset(ulong first, ulong second)
    {
        _endedBefore = _state == WatchdogState.Expired;
        _state = WatchdogState.Off;
        _deadline = 0;
        SetStages(first, second);
    }

    /// <summary>Takes effect with the next feeding, and for the second stage at the next pre-timeout.</summary>
    public void SetStages(ulong first, ulong second)
    {
        _first = Math.Min(first, LongestStage);
        _second = Math.Min(second, LongestStage);
    }

    public void Start(ulong now)
    {
        if (_state == WatchdogState.Off)
            _state = WatchdogState.Counting;
        Feed(now);
    }

    public void Stop(ulong now)
    {
        if (_state != WatchdogState.Expired)
            _state = WatchdogState.Off;
        Feed(now);
    }

    public void Feed(ulong now)
    {
        if (_state == WatchdogState.Expired)
            return;
        _endedBefore = false;
        if (_state == WatchdogState.Late)
            _state = WatchdogState.Counting;
        _deadline = now + _first;
    }

    /// <summary>Forgets that the guest's last life ended because of it, and nothing else.</summary>
    public void ForgetEnd() => _endedBefore = false;

    /// <summary>Moves the end of the stage that runs; it is not fed.</summary>
    public void SetDeadline(ulong deadline) => _deadline = deadline;

    /// <summary>Starts with a first stage of another length, this once. What it remembers it keeps.</summary>
    public void StartUntil(ulong deadline)
    {
        _state = WatchdogState.Counting;
        _deadline = deadline;
    }

    /// <summary>What has happened by now; at most one event at a time.</summary>
    public WatchdogEvent Advance(ulong now)
    {
        if (!IsRunning || (long)(now - _deadline) < 0)
            return WatchdogEvent.None;
        if (_state == WatchdogState.Counting && _second != 0)
        {
            _state = WatchdogState.Late;
            _deadline = now + _second;
            return WatchdogEvent.PreTimeout;
        }
        _state = WatchdogState.Expired;
        return WatchdogEvent.Expired;
    }

    /// <summary>Counts until the guest's end if nobody feeds it; 0 while it does not run.</summary>
    public readonly ulong Left(ulong now)
    {
        if (!IsRunning)
            return 0;
        ulong stage = (long)(_deadline - now) > 0 ? _deadline - now : 0;
        return _state == WatchdogState.Counting ? stage + _second : stage;
    }
}
