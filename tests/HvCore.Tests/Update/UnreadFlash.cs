using System;
using Bulkhead.Update;

namespace Bulkhead.Tests.Update;

/// <summary>The model's disk, some places of which are not read.</summary>
internal readonly struct UnreadFlash(FlashModel model, Func<ulong, bool> isUnread) : IFlash
{
    private readonly ModelFlash _flash = new(model);

    public bool TryRead(ulong offset, Span<byte> room)
    {
        // What is in the room then is anybody's guess.
        bool isRead = !isUnread(offset);
        if (isRead)
            _flash.TryRead(offset, room);
        else
            room.Fill(0xff);
        return isRead;
    }

    public bool TryErase(ulong offset) => _flash.TryErase(offset);

    public bool TryProgram(ulong offset, ReadOnlySpan<byte> bytes) => _flash.TryProgram(offset, bytes);

    public bool TryFlush() => _flash.TryFlush();
}
