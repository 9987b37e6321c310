using System.Runtime.CompilerServices;

namespace System.Runtime.InteropServices;

public static unsafe class MemoryMarshal
{
    public static ref T GetReference<T>(Span<T> span) => ref span._reference;

    public static ref T GetReference<T>(ReadOnlySpan<T> span) => ref span._reference;

    public static Span<T> CreateSpan<T>(scoped ref T reference, int length) => new(Unsafe.AsPointer(ref reference), length);

    public static ReadOnlySpan<T> CreateReadOnlySpan<T>(scoped ref readonly T reference, int length) =>
        new(Unsafe.AsPointer(in reference), length);

    public static Span<byte> AsBytes<T>(Span<T> span) where T : struct =>
        new(ref Unsafe.As<T, byte>(ref span._reference), span.Length * sizeof(T));

    public static ReadOnlySpan<byte> AsBytes<T>(ReadOnlySpan<T> span) where T : struct =>
        new(ref Unsafe.As<T, byte>(ref span._reference), span.Length * sizeof(T));

    public static Span<TTo> Cast<TFrom, TTo>(Span<TFrom> span) where TFrom : struct where TTo : struct =>
        new(ref Unsafe.As<TFrom, TTo>(ref span._reference), (int)((long)span.Length * sizeof(TFrom) / sizeof(TTo)));

    public static ReadOnlySpan<TTo> Cast<TFrom, TTo>(ReadOnlySpan<TFrom> span) where TFrom : struct where TTo : struct =>
        new(ref Unsafe.As<TFrom, TTo>(ref span._reference), (int)((long)span.Length * sizeof(TFrom) / sizeof(TTo)));

    public static T Read<T>(ReadOnlySpan<byte> source) where T : struct
    {
        if (source.Length < sizeof(T))
            Bug.IndexOutOfRange();
        return Unsafe.ReadUnaligned<T>(ref source._reference);
    }

    public static ref T AsRef<T>(Span<byte> span) where T : struct
    {
        if (span.Length < sizeof(T))
            Bug.IndexOutOfRange();
        return ref Unsafe.As<byte, T>(ref span._reference);
    }

    public static ref readonly T AsRef<T>(ReadOnlySpan<byte> span) where T : struct
    {
        if (span.Length < sizeof(T))
            Bug.IndexOutOfRange();
        return ref Unsafe.As<byte, T>(ref span._reference);
    }

    public static void Write<T>(Span<byte> destination, in T value) where T : struct
    {
        if (destination.Length < sizeof(T))
            Bug.IndexOutOfRange();
        Unsafe.WriteUnaligned(ref destination._reference, value);
    }
}
