namespace Bulkhead.Tests.Fake;

/// <summary>An entry that was valid and may still be remembered.</summary>
internal readonly record struct BrokenEntry(ulong Value, TablePage Table, BreakStage Stage);
