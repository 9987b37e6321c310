namespace Bulkhead.X86.Policy;

/// <summary>
/// Ticks to nanoseconds without division: (ticks shifted left by Shift, or right if negative) * Multiplier / 2^32.
/// </summary>
public readonly struct ClockScale
{
    private const ulong NanosecondsPerSecond = 1_000_000_000;

    public readonly uint Multiplier;
    public readonly sbyte Shift;

    /// <param name="hertz">Ticks per second, 1 kHz to 2^40.</param>
    public ClockScale(ulong hertz)
    {
        // The ratio brought to between a half and one, so that the multiplier keeps all its 32 bits.
        ulong numerator = NanosecondsPerSecond, denominator = hertz;
        int shift = 0;
        while (numerator >= denominator)
        {
            denominator <<= 1;
            shift++;
        }
        while (numerator << 1 < denominator)
        {
            numerator <<= 1;
            shift--;
        }
        // 32 bits of the quotient, one at a time: it is less than one.
        uint quotient = 0;
        for (int bit = 0; bit < 32; bit++)
        {
            numerator <<= 1;
            quotient <<= 1;
            if (numerator >= denominator)
            {
                numerator -= denominator;
                quotient |= 1;
            }
        }
        Multiplier = quotient;
        Shift = (sbyte)shift;
    }
}
