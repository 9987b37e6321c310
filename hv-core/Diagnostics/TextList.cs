using System;

namespace Bulkhead.Diagnostics;

/// <summary>Texts one behind the other, each with a zero at its end: a switch over them would be ten times the code.</summary>
public static class TextList
{
    /// <summary>The text of an index; empty behind the last.</summary>
    public static ReadOnlySpan<byte> At(ReadOnlySpan<byte> list, int index)
    {
        int start = 0;
        for (int i = 0; i < list.Length; i++)
        {
            if (list[i] != 0)
                continue;
            if (index-- == 0)
                return list.Slice(start, i - start);
            start = i + 1;
        }
        return default;
    }

    /// <summary>The index of a text; -1 if it is not there.</summary>
    public static int Find(ReadOnlySpan<byte> list, ReadOnlySpan<byte> text)
    {
        int start = 0;
        int index = 0;
        for (int i = 0; i < list.Length; i++)
        {
            if (list[i] != 0)
                continue;
            if (i - start == text.Length && list.Slice(start, text.Length).SequenceEqual(text))
                return index;
            index++;
            start = i + 1;
        }
        return -1;
    }
}
