using System;
using Bulkhead.Diagnostics;
using Bulkhead.Partitions;

namespace Bulkhead.Update;

/// <summary>Bytes as two digits each, the higher first.</summary>
internal static class Hexadecimal
{
    /// <summary>False when the text is not as many bytes as there is room for.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, Span<byte> room)
    {
        if (text.Length != 2 * room.Length)
            return false;
        for (int i = 0; i < text.Length; i++)
        {
            int digit = ValueOf(text[i]);
            if (digit < 0)
                return false;
            room[i / 2] = (byte)(room[i / 2] << 4 | digit);
        }
        return true;
    }

    public static void Add(ref LogLine line, in Digest256 digest)
    {
        for (int i = 0; i < 32; i++)
        {
            line.Add(DigitOf(digest[i] >> 4));
            line.Add(DigitOf(digest[i] & 15));
        }
    }

    private static int ValueOf(byte letter) => letter switch
    {
        >= (byte)'0' and <= (byte)'9' => letter - '0',
        >= (byte)'a' and <= (byte)'f' => letter - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => letter - 'A' + 10,
        _ => -1,
    };

    private static byte DigitOf(int value) => (byte)(value < 10 ? '0' + value : 'a' - 10 + value);
}
