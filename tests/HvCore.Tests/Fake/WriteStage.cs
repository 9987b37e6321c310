namespace Bulkhead.Tests.Fake;

/// <summary>How far a word has come on its way to the walkers.</summary>
internal enum WriteStage
{
    /// <summary>Never written: it holds anything.</summary>
    Never,
    Written,
    Cleaned,
    Visible,
}
