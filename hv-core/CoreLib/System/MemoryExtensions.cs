using System.Runtime.CompilerServices;

namespace System;

public static class MemoryExtensions
{
    public static bool SequenceEqual(this ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (left.Length != right.Length)
            return false;
        for (int i = 0; i < left.Length; i++)
        {
            if (left[i] != right[i])
                return false;
        }
        return true;
    }

    public static bool SequenceEqual(this Span<byte> left, ReadOnlySpan<byte> right) =>
        ((ReadOnlySpan<byte>)left).SequenceEqual(right);
}
