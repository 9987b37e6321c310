namespace Bulkhead.Update;

/// <summary>The board as decisions of the update service change it.</summary>
public interface IUpdateBoard
{
    /// <summary>Since the board's start.</summary>
    ulong Milliseconds { get; }

    /// <summary>Puts the other slots of a set on trial and starts its guests from them.</summary>
    /// <param name="units">A bit each.</param>
    UpdateRefusal Activate(uint units);

    /// <summary>A guest on trial works.</summary>
    UpdateRefusal Confirm(int guest);

    /// <summary>The set on trial goes back to its confirmed slots.</summary>
    UpdateRefusal RollBack();
}
