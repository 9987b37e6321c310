using System.Runtime.InteropServices;
using Bulkhead.Partitions;

namespace Bulkhead.Update;

/// <summary>An <see cref="ApplianceTable"/> up to its guests, for whoever has no room for a whole one.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct TableBeginning
{
    public SignedHeader Header;
    public Digest256 ManifestDigest;
    public FixedName ApplianceName;
    public BoardFacts Board;
    public uint GuestCount;
    public ApplianceFlags Flags;
    public FixedName ApplianceVersion;
    public ulong Rollback;
}
