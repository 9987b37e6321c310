namespace Bulkhead.Boot;

/// <summary>
/// What a code stands for, in one word: bits 3..0 the code's length, bits 7..4 how many extra bits follow, bits 9..8
/// the kind, bits 31..16 the value the extra bits are added to. 0 is no code.
/// </summary>
internal static class HuffmanEntry
{
    public const uint Literal = 0 << 8;
    public const uint Match = 1 << 8;
    public const uint EndOfBlock = 2 << 8;
    public const uint Invalid = 3 << 8;
    public const uint KindMask = 3 << 8;

    public static uint Of(Alphabet alphabet, int symbol, int length)
    {
        uint entry = (uint)length;
        if (alphabet == Alphabet.CodeLengths)
            return entry | (uint)symbol << 16;
        if (alphabet == Alphabet.Distance)
        {
            // 30 and 31 have codes in the fixed block but never occur (3.2.6).
            if (symbol >= 30)
                return entry | Invalid;
            uint extra = symbol < 4 ? 0 : (uint)symbol / 2 - 1;
            uint distance = symbol < 4 ? (uint)symbol + 1 : ((2 + ((uint)symbol & 1)) << (int)extra) + 1;
            return entry | Match | extra << 4 | distance << 16;
        }
        if (symbol < 256)
            return entry | Literal | (uint)symbol << 16;
        if (symbol == 256)
            return entry | EndOfBlock;
        if (symbol > 285)
            return entry | Invalid;
        if (symbol == 285)
            return entry | Match | 258u << 16;
        uint step = (uint)symbol - 257;
        uint lengthExtra = step < 8 ? 0 : step / 4 - 1;
        uint matchLength = step < 8 ? step + 3 : ((4 + (step & 3)) << (int)lengthExtra) + 3;
        return entry | Match | lengthExtra << 4 | matchLength << 16;
    }
}
