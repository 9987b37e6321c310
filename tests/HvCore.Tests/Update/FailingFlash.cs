using System;
using Bulkhead.Update;

namespace Bulkhead.Tests.Update;

/// <summary>The model's flash, which can be told to take nothing any more.</summary>
internal struct FailingFlash(FlashModel model) : IFlash
{
    private readonly ModelFlash _flash = new(model);

    public bool Refuses;

    public readonly bool TryRead(ulong offset, Span<byte> room) => _flash.TryRead(offset, room);
    public readonly bool TryErase(ulong offset) => !Refuses && _flash.TryErase(offset);
    public readonly bool TryProgram(ulong offset, ReadOnlySpan<byte> bytes) => !Refuses && _flash.TryProgram(offset, bytes);
    public readonly bool TryFlush() => !Refuses && _flash.TryFlush();
}
