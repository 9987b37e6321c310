using System.Runtime.CompilerServices;

namespace Bulkhead.X86.Decode;

/// <summary>
/// Results and flags of the integer operations on 1, 2, 4 or 8 bytes (SDM vol. 1 appendix A). A flag that the manual
/// leaves undefined is cleared, or kept where the whole operation keeps the others.
/// </summary>
public static class Arithmetic
{
    public const ulong Carry = 1 << 0, Parity = 1 << 2, Adjust = 1 << 4, Zero = 1 << 6, Sign = 1 << 7, Overflow = 1 << 11;
    public const ulong All = Carry | Parity | Adjust | Zero | Sign | Overflow;

    /// <summary>left + right + carry; both operands are cut to their size.</summary>
    public static ulong Add(ulong left, ulong right, ulong carry, uint bytes, ref ulong rflags)
    {
        ulong result = left + right + carry & GuestRegisters.Mask(bytes);
        ulong carries = left & right | (left | right) & ~result;
        SetFlags(result, carries, (left ^ result) & (right ^ result), left ^ right ^ result, bytes, ref rflags);
        return result;
    }

    /// <summary>left - right - borrow; both operands are cut to their size.</summary>
    public static ulong Subtract(ulong left, ulong right, ulong borrow, uint bytes, ref ulong rflags)
    {
        ulong result = left - right - borrow & GuestRegisters.Mask(bytes);
        ulong borrows = ~left & right | (~left | right) & result;
        SetFlags(result, borrows, (left ^ right) & (left ^ result), left ^ right ^ result, bytes, ref rflags);
        return result;
    }

    /// <summary>The result of AND, OR, XOR or TEST, as it is.</summary>
    public static ulong Logic(ulong result, uint bytes, ref ulong rflags)
    {
        SetFlags(result, 0, 0, 0, bytes, ref rflags);
        return result;
    }

    // Carry and overflow stand in the sign bit of their words, adjust in bit 4 of its own.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void SetFlags(ulong result, ulong carries, ulong overflows, ulong adjusts, uint bytes, ref ulong rflags)
    {
        int sign = (int)bytes * 8 - 1;
        ulong flags = carries >> sign & 1 | adjusts & Adjust | (result >> sign & 1) << 7 | (overflows >> sign & 1) << 11;
        if (result == 0)
            flags |= Zero;
        // Bit n of the constant: n has an even number of ones.
        uint folded = ((uint)result ^ (uint)result >> 4) & 15;
        flags |= (ulong)(0x9669u >> (int)folded & 1) << 2;
        rflags = rflags & ~All | flags;
    }
}
