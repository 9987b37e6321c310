namespace Bulkhead.Tests.Fake;

/// <summary>How far the break of break-before-make has come.</summary>
internal enum BreakStage
{
    Written,
    Visible,
    Invalidated,
}
