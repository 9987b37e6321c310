using System;

namespace Bulkhead.Guests;

/// <summary>The guest's command line: words, some of them `name=value`.</summary>
internal static unsafe class Arguments
{
    private static byte* s_text;
    private static int s_length;

    public static ReadOnlySpan<byte> All => new(s_text, s_length);

    public static void Set(byte* text, int length)
    {
        s_text = text;
        s_length = length;
    }

    /// <summary>The value of `name=value`, empty if there is none.</summary>
    public static ReadOnlySpan<byte> ValueOf(ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> rest = All;
        while (rest.Length != 0)
        {
            int end = 0;
            while (end < rest.Length && rest[end] != (byte)' ')
                end++;
            ReadOnlySpan<byte> word = rest.Slice(0, end);
            if (word.Length > name.Length && word[name.Length] == (byte)'=' && word.Slice(0, name.Length).SequenceEqual(name))
                return word.Slice(name.Length + 1);
            rest = rest.Slice(end < rest.Length ? end + 1 : end);
        }
        return default;
    }

    /// <summary>A decimal value; <paramref name="otherwise"/> if there is none.</summary>
    public static ulong NumberOf(ReadOnlySpan<byte> name, ulong otherwise)
    {
        ReadOnlySpan<byte> text = ValueOf(name);
        if (text.Length == 0)
            return otherwise;
        ulong value = 0;
        for (int i = 0; i < text.Length; i++)
            value = value * 10 + (ulong)(text[i] - (byte)'0');
        return value;
    }
}
