namespace Bulkhead.X86.Firmware;

/// <summary>A counter of unknown speed beside one of known speed.</summary>
public interface ICounterPair
{
    /// <summary>The counter to be measured.</summary>
    ulong ReadCounter();

    /// <summary>The reference, which wraps at its mask.</summary>
    uint ReadReference();
}
