using System.Runtime;
using System.Runtime.CompilerServices;

namespace System;

/// <summary>Block copy and fill; ILC calls these by name for large structs.</summary>
internal static unsafe class SpanHelpers
{
    public static void Memmove(ref byte destination, ref byte source, nuint bytes) =>
        memmove((byte*)Unsafe.AsPointer(ref destination), (byte*)Unsafe.AsPointer(ref source), bytes);

    public static void ClearWithoutReferences(ref byte destination, nuint bytes) =>
        memset((byte*)Unsafe.AsPointer(ref destination), 0, bytes);

    public static void Fill(ref byte destination, byte value, nuint bytes) =>
        memset((byte*)Unsafe.AsPointer(ref destination), value, bytes);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "memmove")]
    private static extern byte* memmove(byte* destination, byte* source, nuint bytes);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "memset")]
    private static extern byte* memset(byte* destination, int value, nuint bytes);
}

public static class Buffer
{
    internal static void BulkMoveWithWriteBarrier(ref byte destination, ref byte source, nuint bytes) =>
        SpanHelpers.Memmove(ref destination, ref source, bytes);
}
