using System;
using Bulkhead.Diagnostics;

namespace Bulkhead.Boot;

/// <summary>What the console says of an inflation that failed.</summary>
public static class InflateStatusText
{
    public static ReadOnlySpan<byte> Of(InflateStatus error) => TextList.At(Texts, (int)error);

    // In InflateStatus's order.
    private static ReadOnlySpan<byte> Texts =>
        "sound\0"u8 +
        "not a gzip member\0"u8 +
        "the gzip header does not match its CRC\0"u8 +
        "the stored bytes end too early\0"u8 +
        "a block of unknown type\0"u8 +
        "a stored block's lengths contradict each other\0"u8 +
        "code lengths that make no code\0"u8 +
        "bits that are no symbol\0"u8 +
        "a match from before the output\0"u8 +
        "more output than the header says\0"u8 +
        "less output than the header says\0"u8 +
        "the output does not match its CRC-32\0"u8 +
        "bytes after the end\0"u8;
}
