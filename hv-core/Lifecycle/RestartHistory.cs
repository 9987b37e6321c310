using System.Runtime.CompilerServices;
using Bulkhead.Partitions;

namespace Bulkhead.Lifecycle;

/// <summary>When a guest was restarted last: its limit is one of restarts in any window of time, not of windows that begin somewhere.</summary>
public struct RestartHistory
{
    private const int Slots = (int)RestartPolicy.MaxLimit;

    // Of all restarts so far; the newest are in Times, each where its number says.
    private uint _count;
    private Times _times;

    [InlineArray(Slots)]
    private struct Times
    {
        private ulong _first;
    }

    /// <summary>Notes a restart now, unless the window holds as many as it may.</summary>
    /// <param name="limit">The most in a window, up to <see cref="RestartPolicy.MaxLimit"/>; 0 for no limit.</param>
    /// <param name="window">In the clock's counts.</param>
    /// <param name="now">The clock.</param>
    public bool TryAdd(uint limit, ulong window, ulong now)
    {
        if (limit != 0 && _count >= limit && now - _times[(int)((_count - limit) % Slots)] < window)
            return false;
        _times[(int)(_count % Slots)] = now;
        _count++;
        return true;
    }

    /// <summary>How many there were within the window before now, up to <see cref="RestartPolicy.MaxLimit"/>.</summary>
    public readonly uint CountSince(ulong window, ulong now)
    {
        uint within = 0;
        while (within < Slots && within < _count && now - _times[(int)((_count - 1 - within) % Slots)] < window)
            within++;
        return within;
    }

    public void Clear() => _count = 0;
}
