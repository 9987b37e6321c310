namespace Bulkhead.ImageBuilder.Packages;

/// <summary>
/// A package as the lock file pins it. <paramref name="Package"/> is what a meta package <paramref name="Name"/> led to;
/// <paramref name="Architecture"/> is Debian's name.
/// </summary>
public sealed record LockedPackage(string Name, string Architecture, string Package, string Version, string Sha256);
