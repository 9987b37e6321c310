using System;
using System.Runtime.CompilerServices;

namespace Bulkhead.Boot;

/// <summary>Reads one gzip member (RFC 1952) whose output's size is known.</summary>
public static class Gzip
{
    private const int FixedHeader = 10;
    private const int Trailer = 8;
    // FLG, 2.3.1
    private const int FHCRC = 1 << 1;
    private const int FEXTRA = 1 << 2;
    private const int FNAME = 1 << 3;
    private const int FCOMMENT = 1 << 4;
    private const int Reserved = 0xe0;

    /// <summary>
    /// Inflates <paramref name="source"/>, which is exactly one member, into exactly all of
    /// <paramref name="destination"/>. After anything but Ok the destination's content is undefined.
    /// </summary>
    public static InflateStatus Inflate<TPause>(
        ReadOnlySpan<byte> source, Span<byte> destination, ref InflateTables tables, ref TPause pause)
        where TPause : struct, IPause
    {
        InflateStatus status = SkipHeader(source, out int start);
        if (status != InflateStatus.Ok)
            return status;
        ReadOnlySpan<byte> stream = source.Slice(start);
        Inflater inflater = new(stream, destination, ref tables);
        status = inflater.Run(ref pause);
        if (status != InflateStatus.Ok)
            return status;
        if (inflater.Written != destination.Length)
            return InflateStatus.WrongSize;
        ReadOnlySpan<byte> trailer = stream.Slice(inflater.Consumed);
        if (trailer.Length < Trailer)
            return InflateStatus.Truncated;
        if (Word(trailer, 4) != (uint)destination.Length)
            return InflateStatus.WrongSize;
        if (Word(trailer, 0) != Crc32.Compute(destination, ref tables, ref pause))
            return InflateStatus.BadCheck;
        return trailer.Length == Trailer ? InflateStatus.Ok : InflateStatus.TrailingBytes;
    }

    // 2.3
    private static InflateStatus SkipHeader(ReadOnlySpan<byte> source, out int end)
    {
        end = 0;
        if (source.Length < FixedHeader)
            return InflateStatus.Truncated;
        int flags = source[3];
        if (source[0] != 0x1f || source[1] != 0x8b || source[2] != 8 || (flags & Reserved) != 0)
            return InflateStatus.BadHeader;
        int next = FixedHeader;
        if ((flags & FEXTRA) != 0)
        {
            if (source.Length - next < 2)
                return InflateStatus.Truncated;
            int extra = source[next] | source[next + 1] << 8;
            next += 2;
            if (source.Length - next < extra)
                return InflateStatus.Truncated;
            next += extra;
        }
        if ((flags & FNAME) != 0 && !SkipText(source, ref next))
            return InflateStatus.Truncated;
        if ((flags & FCOMMENT) != 0 && !SkipText(source, ref next))
            return InflateStatus.Truncated;
        if ((flags & FHCRC) != 0)
        {
            if (source.Length - next < 2)
                return InflateStatus.Truncated;
            if ((~Crc32.Add(~0u, source.Slice(0, next)) & 0xffff) != (uint)(source[next] | source[next + 1] << 8))
                return InflateStatus.BadHeaderCheck;
            next += 2;
        }
        end = next;
        return InflateStatus.Ok;
    }

    private static bool SkipText(ReadOnlySpan<byte> source, ref int next)
    {
        while (next < source.Length)
        {
            if (source[next++] == 0)
                return true;
        }
        return false;
    }

    private static uint Word(ReadOnlySpan<byte> bytes, int offset) =>
        bytes[offset] | (uint)bytes[offset + 1] << 8 | (uint)bytes[offset + 2] << 16 | (uint)bytes[offset + 3] << 24;
}
