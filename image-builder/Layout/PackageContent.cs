using Bulkhead.Memory;
using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Layout;

/// <summary>What a package holds, before it is compressed and hashed; the names are <see cref="PackageHeader"/>'s.</summary>
internal sealed record PackageContent(EntryKind EntryKind, GuestPhys Entry, GuestPhys BootInfo, IReadOnlyList<PackagePart> Segments)
{
    public GuestPhys RngSeed { get; init; }
    public uint RngSeedSize { get; init; }
    public GuestPhys KaslrSeed { get; init; }
    public uint KaslrSeedSize { get; init; }
    public GuestPhys PageTables { get; init; }
    public GuestPhys Gdt { get; init; }
}
