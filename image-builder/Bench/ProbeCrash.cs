namespace Bulkhead.ImageBuilder.Bench;

/// <summary>A crash of the probe guest.</summary>
/// <param name="Routine">The guest's, which ends it without more ado.</param>
/// <param name="Deed">What a guest does that ends so, for a sentence.</param>
public sealed record ProbeCrash(string Scenario, string Routine, string Deed);
