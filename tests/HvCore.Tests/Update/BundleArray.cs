using System;
using Bulkhead.ControlTool;

namespace Bulkhead.Tests.Update;

/// <summary>A bundle for bulkheadctl to send, as a file or, not to be read twice, as a pipe.</summary>
internal struct BundleArray(byte[] bundle, bool isStream) : IBundleSource
{
    private ulong _position;

    public int Read(ulong offset, Span<byte> room)
    {
        if (isStream && offset < _position)
            return -1;
        int count = Math.Clamp(bundle.Length - (int)offset, 0, room.Length);
        bundle.AsSpan((int)Math.Min(offset, (ulong)bundle.Length), count).CopyTo(room);
        _position = offset + (ulong)count;
        return count;
    }
}
