namespace Bulkhead.ImageBuilder.Bench;

/// <summary>One part of what bench prints and docs/benchmarks.md shows, in Markdown.</summary>
public sealed record BenchSection(string Title, string Body)
{
    /// <summary>A figure with its thousands apart, and whether it misses its aim.</summary>
    public static string Figure(long value, long aim) => value > aim ? $"{value:N0} (missed)" : $"{value:N0}";
}
