using System.Runtime.CompilerServices;

namespace Bulkhead.Update;

/// <summary>An integer of 3072 bits, most significant byte first (RFC 8017 section 4.1): a modulus or a signature.</summary>
[InlineArray(Size)]
public struct RsaNumber
{
    public const int Size = 384;

    private byte _first;
}
