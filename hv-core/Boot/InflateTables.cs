using System.Runtime.CompilerServices;

namespace Bulkhead.Boot;

/// <summary>
/// What the inflater needs besides its source and destination: some 7 KiB that its caller owns. Nothing in it
/// outlives a call, and nothing needs to be prepared.
/// </summary>
public struct InflateTables
{
    /// <summary>Codes of up to this many bits are found by one look-up; longer ones are rare and decoded bit by bit.</summary>
    public const int LiteralBits = 10;
    public const int DistanceBits = 9;
    public const int MaxLiteralSymbols = 288;
    public const int MaxDistanceSymbols = 32;

    /// <summary>Also the CRC-32 tables, once the last block is done: four of 256 words.</summary>
    internal LiteralEntries Literal;
    internal DistanceEntries Distance;
    internal HuffmanOrder LiteralOrder;
    internal HuffmanOrder DistanceOrder;
    internal CodeLengths Lengths;

    [InlineArray(1 << LiteralBits)]
    internal struct LiteralEntries
    {
        private uint _first;
    }

    [InlineArray(1 << DistanceBits)]
    internal struct DistanceEntries
    {
        private uint _first;
    }

    [InlineArray(MaxLiteralSymbols + MaxDistanceSymbols)]
    internal struct CodeLengths
    {
        private byte _first;
    }
}
