namespace Bulkhead.Guests.Probe;

/// <summary>NonMaskable.S's: NMIs taken, and the most handlers that ever stood one in another.</summary>
internal struct NmiCounts
{
    public ulong Taken, Deepest;
}
