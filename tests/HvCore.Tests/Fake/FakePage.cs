using System;

namespace Bulkhead.Tests.Fake;

/// <summary>A page of the fake machine's memory: rubbish until it is written.</summary>
internal sealed class FakePage
{
    private const int Count = 512;

    public FakePage(ulong start)
    {
        Start = start;
        Array.Fill(Words, 0xdead_dead_dead_dead);
    }

    public ulong Start { get; }

    public ulong[] Words { get; } = new ulong[Count];

    public WriteStage[] Stages { get; } = new WriteStage[Count];

    /// <summary>Every word has been written and is seen by walks.</summary>
    public bool IsVisible => !Stages.AsSpan().ContainsAnyExcept(WriteStage.Visible);
}
