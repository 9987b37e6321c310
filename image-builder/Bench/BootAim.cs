namespace Bulkhead.ImageBuilder.Bench;

/// <summary>A boot of a Debian guest, and what it may cost.</summary>
/// <param name="Words">How much of its log the kernel prints.</param>
/// <param name="Instructions">The hypervisor's, at most.</param>
/// <param name="Exits">At most; null for any number.</param>
/// <param name="Peers">What others need.</param>
public sealed record BootAim(string Words, long Instructions, long? Exits, string? Peers);
