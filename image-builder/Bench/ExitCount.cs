namespace Bulkhead.ImageBuilder.Bench;

/// <summary>Exits of one kind. <paramref name="Longest"/> is the most instructions one of them took.</summary>
public readonly record struct ExitCount(long Exits, long Instructions, long Longest)
{
    public ExitCount With(long instructions) => new(Exits + 1, Instructions + instructions, Math.Max(Longest, instructions));
}
