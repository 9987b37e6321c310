using System;
using Bulkhead.Update;

namespace Bulkhead.Tests.Update;

/// <summary>The model's disk, some places of which are not read.</summary>
/// <param name="model">What it stores.</param>
/// <param name="isUnread">By the place's offset.</param>
/// <param name="isErased">Whether an erase is carried out; it says that it was.</param>
internal readonly struct UnreadFlash(FlashModel model, Func<ulong, bool> isUnread, Func<bool>? isErased = null) : IFlash
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

    public bool TryErase(ulong offset) => isErased?.Invoke() == false || _flash.TryErase(offset);

    public bool TryProgram(ulong offset, ReadOnlySpan<byte> bytes) => _flash.TryProgram(offset, bytes);

    public bool TryFlush() => _flash.TryFlush();
}
