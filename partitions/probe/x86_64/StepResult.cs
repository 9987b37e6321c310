namespace Bulkhead.Guests.Probe;

/// <summary>Stepping.S's: where the instruction was and what its #DB said.</summary>
internal struct StepResult
{
    public ulong Start, End, Traps, TrapRip, TrapDr6;
}
