namespace Bulkhead.ImageBuilder.Testing;

/// <summary>What one test project came to.</summary>
public sealed record TestTally(int Passed, IReadOnlyList<string> Failing);
