using System;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bulkhead.Update;

/// <summary>
/// Powers modulo an odd number of exactly 3072 bits by Montgomery's multiplication (Math. Comp. 44 (1985), 519-521), a
/// limb of 32 bits at a time. Only public values are computed, so the time it takes may show.
/// </summary>
internal struct RsaArithmetic
{
    private const int Limbs = RsaNumber.Size / sizeof(uint);

    [InlineArray(Limbs)]
    private struct Number
    {
        private uint _least;
    }

    [InlineArray(2 * Limbs)]
    private struct Product
    {
        private uint _least;
    }

    private Number _modulus;
    // -1 / modulus modulo 2^32.
    private uint _inverse;
    // R * R modulo the modulus, where R = 2^3072: what takes a number into Montgomery's form.
    private Number _square;

    /// <param name="modulus">Odd, its highest bit set.</param>
    public void SetModulus(in RsaNumber modulus)
    {
        Load(in modulus, ref _modulus);
        // Newton's iteration doubles the right bits; an odd number is its own inverse modulo 8.
        uint inverse = _modulus[0];
        for (int bits = 3; bits < 32; bits *= 2)
            inverse *= 2 - _modulus[0] * inverse;
        _inverse = 0 - inverse;

        // The form of 1 is R - modulus, as R/2 <= modulus < R; of 8, three doublings on; and 8^1024 = R.
        _square = default;
        SubtractModulus(ref _square);
        for (int i = 0; i < 3; i++)
            Double(ref _square);
        for (int i = 0; i < 10; i++)
            Multiply(ref _square, in _square, in _square);
    }

    /// <summary>False when the base is not less than the modulus.</summary>
    /// <param name="exponent">Not 0.</param>
    public bool TryPower(in RsaNumber number, uint exponent, ref RsaNumber power)
    {
        Number factor = default;
        Load(in number, ref factor);
        if (!IsLess(in factor, in _modulus))
            return false;
        Number result = default;
        Multiply(ref result, in factor, in _square);
        factor = result;
        int bit = 31;
        while (exponent >> bit == 0)
            bit--;
        while (--bit >= 0)
        {
            Multiply(ref result, in result, in result);
            if ((exponent >> bit & 1) != 0)
                Multiply(ref result, in result, in factor);
        }
        Number one = default;
        one[0] = 1;
        Multiply(ref result, in result, in one);
        Store(in result, ref power);
        return true;
    }

    // left * right / R modulo the modulus; all may be the same number.
    private readonly void Multiply(ref Number result, in Number left, in Number right)
    {
        Product product = default;
        uint top = 0;
        for (int i = 0; i < Limbs; i++)
        {
            // Each round adds what makes the least limb zero, and goes on one limb higher.
            ulong sum = top;
            sum += AddProduct(ref product[i], in left, right[i]);
            sum += AddProduct(ref product[i], in _modulus, product[i] * _inverse);
            product[i + Limbs] = (uint)sum;
            top = (uint)(sum >> 32);
        }
        for (int i = 0; i < Limbs; i++)
            result[i] = product[i + Limbs];
        if (top != 0 || !IsLess(in result, in _modulus))
            SubtractModulus(ref result);
    }

    // sum += number * factor over Limbs limbs; returns what goes over.
    private static uint AddProduct(ref uint sum, in Number number, uint factor)
    {
        ulong carry = 0;
        ref uint limb = ref Unsafe.AsRef(in number[0]);
        for (int i = 0; i < Limbs; i++)
        {
            carry += (ulong)Unsafe.Add(ref limb, i) * factor + Unsafe.Add(ref sum, i);
            Unsafe.Add(ref sum, i) = (uint)carry;
            carry >>= 32;
        }
        return (uint)carry;
    }

    private readonly void Double(ref Number number)
    {
        uint carry = 0;
        for (int i = 0; i < Limbs; i++)
        {
            uint limb = number[i];
            number[i] = limb << 1 | carry;
            carry = limb >> 31;
        }
        if (carry != 0 || !IsLess(in number, in _modulus))
            SubtractModulus(ref number);
    }

    // Modulo R.
    private readonly void SubtractModulus(ref Number number)
    {
        long borrow = 0;
        for (int i = 0; i < Limbs; i++)
        {
            borrow += (long)number[i] - _modulus[i];
            number[i] = (uint)borrow;
            borrow >>= 32;
        }
    }

    private static bool IsLess(in Number left, in Number right)
    {
        int i = Limbs - 1;
        while (i > 0 && left[i] == right[i])
            i--;
        return left[i] < right[i];
    }

    private static void Load(in RsaNumber bytes, ref Number number)
    {
        ReadOnlySpan<byte> from = MemoryMarshal.CreateReadOnlySpan(in bytes[0], RsaNumber.Size);
        for (int i = 0; i < Limbs; i++)
            number[i] = BinaryPrimitives.ReadUInt32BigEndian(from.Slice(RsaNumber.Size - sizeof(uint) * (i + 1)));
    }

    private static void Store(in Number number, ref RsaNumber bytes)
    {
        Span<byte> to = MemoryMarshal.CreateSpan(ref bytes[0], RsaNumber.Size);
        for (int i = 0; i < Limbs; i++)
            BinaryPrimitives.WriteUInt32BigEndian(to.Slice(RsaNumber.Size - sizeof(uint) * (i + 1)), number[i]);
    }
}
