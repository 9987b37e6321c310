namespace Bulkhead.Simulation.Guests;

/// <summary>One call that wants a vCPU turned on. Its argument, where it has one, is like no other's.</summary>
internal sealed class TurnOnRequest(int target, ulong entry, ulong? argument)
{
    public readonly int Target = target;
    public readonly ulong Entry = entry;
    public readonly ulong? Argument = argument;

    /// <summary>The caller was told that it is done.</summary>
    public bool Granted;

    /// <summary>The vCPU has begun there.</summary>
    public bool Carried;
}
