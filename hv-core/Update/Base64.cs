using System;

namespace Bulkhead.Update;

/// <summary>RFC 4648 section 4, padded, without anything between. One text only stands for given bytes.</summary>
public static class Base64
{
    private const byte Padding = (byte)'=';

    /// <returns>How many bytes; -1 when it is not base64, or they are none or more than there is room for.</returns>
    public static int Decode(ReadOnlySpan<byte> text, Span<byte> room)
    {
        if (text.Length == 0 || text.Length % 4 != 0)
            return -1;
        int padding = text[text.Length - 1] != Padding ? 0 : text[text.Length - 2] != Padding ? 1 : 2;
        int count = text.Length / 4 * 3 - padding;
        if (count > room.Length)
            return -1;
        uint bits = 0;
        int done = 0;
        for (int i = 0; i < text.Length; i++)
        {
            int value = i < text.Length - padding ? ValueOf(text[i]) : 0;
            if (value < 0)
                return -1;
            bits = bits << 6 | (uint)value;
            if (i % 4 != 3)
                continue;
            for (int shift = 16; shift >= 0; shift -= 8)
            {
                byte taken = (byte)(bits >> shift);
                if (done < count)
                    room[done++] = taken;
                // Bits that stand for nothing are zero.
                else if (taken != 0)
                    return -1;
            }
            bits = 0;
        }
        return count;
    }

    private static int ValueOf(byte letter) => letter switch
    {
        >= (byte)'A' and <= (byte)'Z' => letter - 'A',
        >= (byte)'a' and <= (byte)'z' => letter - 'a' + 26,
        >= (byte)'0' and <= (byte)'9' => letter - '0' + 52,
        (byte)'+' => 62,
        (byte)'/' => 63,
        _ => -1,
    };
}
