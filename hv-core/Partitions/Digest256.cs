using System.Runtime.CompilerServices;

namespace Bulkhead.Partitions;

/// <summary>A SHA-256 digest as FIPS 180-4 writes it: 32 bytes, first byte first.</summary>
[InlineArray(32)]
public struct Digest256
{
    private byte _first;
}
