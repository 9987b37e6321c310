using Bulkhead.Diagnostics;

namespace Bulkhead.Update;

/// <summary>Who asked the update service, and the board that it changes.</summary>
public interface IUpdateBoard
{
    /// <summary>A line of the answer.</summary>
    void Say(ref LogLine line);

    /// <summary>Since the board's start.</summary>
    ulong Milliseconds { get; }

    /// <summary>The set is on trial, as the flash already says: its guests are to be started from their other slots.</summary>
    /// <param name="units">A bit each.</param>
    void Activated(uint units);

    /// <summary>The set is confirmed.</summary>
    void Confirmed(uint units);

    /// <summary>The set has gone back to its confirmed slots: its guests are to be started from them.</summary>
    void RolledBack(uint units);
}
