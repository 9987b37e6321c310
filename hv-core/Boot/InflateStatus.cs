namespace Bulkhead.Boot;

/// <summary>How an inflation ended. Section numbers are RFC 1951's or, for the wrapping, RFC 1952's.</summary>
public enum InflateStatus
{
    Ok,
    /// <summary>Not a gzip member this reader knows (1952, 2.3).</summary>
    BadHeader,
    /// <summary>The header's CRC16 does not fit its bytes (1952, 2.3.1).</summary>
    BadHeaderCheck,
    /// <summary>The stored bytes end before the stream does.</summary>
    Truncated,
    /// <summary>Block type 3 (3.2.3).</summary>
    BadBlockType,
    /// <summary>LEN and NLEN do not complement each other (3.2.4).</summary>
    BadStoredLength,
    /// <summary>A dynamic block's code lengths make no code (3.2.2, 3.2.7).</summary>
    BadCodeLengths,
    /// <summary>Bits that are no symbol of the block's code, or a symbol that may not occur (3.2.5).</summary>
    BadSymbol,
    /// <summary>A match from before the first byte of the output (3.2.5).</summary>
    BadDistance,
    /// <summary>More output than the destination holds.</summary>
    TooLong,
    /// <summary>Less output than the destination holds, or ISIZE differs (1952, 2.3.1).</summary>
    WrongSize,
    /// <summary>The CRC-32 of the output differs (1952, 2.3.1).</summary>
    BadCheck,
    /// <summary>Bytes after the member.</summary>
    TrailingBytes,
}
