namespace Bulkhead.ImageBuilder.Testing;

/// <summary>What one test project came to.</summary>
/// <param name="Survived">What its tests say they have counted, such as crash points, by name.</param>
/// <param name="Coverage">Of the code under test, where the project measures it and all of its tests ran.</param>
public sealed record TestTally(int Passed, IReadOnlyList<string> Failing, IReadOnlyDictionary<string, long> Survived, LineCoverage? Coverage = null);
