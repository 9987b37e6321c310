namespace Bulkhead.Partitions;

/// <summary>What each phase of a load took, in <see cref="IGuestMemory.Now"/>'s counts.</summary>
public struct LoadPhases
{
    public ulong Copy;
    public ulong Inflate;
    public ulong Hash;
    public ulong Scrub;
}
