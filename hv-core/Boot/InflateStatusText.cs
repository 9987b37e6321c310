using System;

namespace Bulkhead.Boot;

/// <summary>What the console says of an inflation that failed.</summary>
public static class InflateStatusText
{
    public static ReadOnlySpan<byte> Of(InflateStatus status) => status switch
    {
        InflateStatus.Ok => "sound"u8,
        InflateStatus.BadHeader => "not a gzip member"u8,
        InflateStatus.BadHeaderCheck => "the gzip header does not match its CRC"u8,
        InflateStatus.Truncated => "the stored bytes end too early"u8,
        InflateStatus.BadBlockType => "a block of unknown type"u8,
        InflateStatus.BadStoredLength => "a stored block's lengths contradict each other"u8,
        InflateStatus.BadCodeLengths => "code lengths that make no code"u8,
        InflateStatus.BadSymbol => "bits that are no symbol"u8,
        InflateStatus.BadDistance => "a match from before the output"u8,
        InflateStatus.TooLong => "more output than the header says"u8,
        InflateStatus.WrongSize => "less output than the header says"u8,
        InflateStatus.BadCheck => "the output does not match its CRC-32"u8,
        InflateStatus.TrailingBytes => "bytes after the end"u8,
        _ => "unknown error"u8,
    };
}
