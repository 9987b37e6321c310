using Bulkhead.Update;

namespace Bulkhead.ImageBuilder.Report;

/// <summary>A part of a bundle as it will lie in its slot, for reading.</summary>
internal readonly struct PartBytes(byte[] content) : IFlash
{
    public bool TryRead(ulong offset, Span<byte> room)
    {
        if (offset > (ulong)content.Length || (ulong)room.Length > (ulong)content.Length - offset)
            return false;
        content.AsSpan((int)offset, room.Length).CopyTo(room);
        return true;
    }

    public bool TryErase(ulong offset) => false;

    public bool TryProgram(ulong offset, ReadOnlySpan<byte> bytes) => false;

    public bool TryFlush() => false;
}
