namespace Bulkhead.Tests.Fake;

/// <summary>A page that walks reach: its level and the first input address it translates.</summary>
internal readonly record struct TablePage(ulong Page, int Level, ulong Base);
