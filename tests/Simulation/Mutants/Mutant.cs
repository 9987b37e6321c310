namespace Bulkhead.Simulation.Mutants;

/// <summary>A planted bug: one place in one source that says something else.</summary>
internal sealed record Mutant(string Name, string File, string Text, string Wrong);
