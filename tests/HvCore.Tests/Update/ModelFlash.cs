using System;
using Bulkhead.Update;

namespace Bulkhead.Tests.Update;

/// <summary>A <see cref="FlashModel"/> as the board's code wants it.</summary>
internal struct ModelFlash(FlashModel model) : IFlash
{
    public readonly bool TryRead(ulong offset, Span<byte> room)
    {
        model.Read(offset, room);
        return true;
    }

    public readonly bool TryErase(ulong offset)
    {
        model.Erase(offset);
        return true;
    }

    public readonly bool TryProgram(ulong offset, ReadOnlySpan<byte> bytes)
    {
        model.Program(offset, bytes);
        return true;
    }

    public readonly bool TryFlush()
    {
        model.Flush();
        return true;
    }
}
