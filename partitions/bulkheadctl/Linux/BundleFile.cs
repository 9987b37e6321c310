using System;

namespace Bulkhead.ControlTool;

/// <summary>A bundle in a file, or one that standard input brings, which can be read once only.</summary>
internal struct BundleFile(int file) : IBundleSource
{
    private readonly int _file = file;
    private ulong _position;

    public int Read(ulong offset, Span<byte> room)
    {
        if (_file != Linux.StandardInput)
            return Fill(room, offset, true);
        // What was taken before this run is passed over.
        while (_position < offset)
        {
            int count = Fill(room.Slice(0, (int)Math.Min((ulong)room.Length, offset - _position)), 0, false);
            if (count <= 0)
                return -1;
            _position += (ulong)count;
        }
        if (_position > offset)
            return -1;
        int taken = Fill(room, 0, false);
        _position += (ulong)Math.Max(taken, 0);
        return taken;
    }

    private readonly int Fill(Span<byte> room, ulong offset, bool isSeekable)
    {
        int done = 0;
        while (done < room.Length)
        {
            int count = isSeekable ? Linux.ReadAt(_file, offset + (ulong)done, room.Slice(done)) : Linux.Read(_file, room.Slice(done));
            if (count < 0)
                return count;
            if (count == 0)
                break;
            done += count;
        }
        return done;
    }
}
