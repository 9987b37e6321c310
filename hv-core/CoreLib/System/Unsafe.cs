using System.Runtime.CompilerServices;

namespace System.Runtime.CompilerServices;

/// <summary>Reinterpretation and pointer arithmetic; the JIT expands each by name.</summary>
public static unsafe class Unsafe
{
    [Intrinsic]
    public static ref T AsRef<T>(void* source) => ref AsRef<T>(source);

    [Intrinsic]
    public static ref T AsRef<T>(scoped ref readonly T source) => ref AsRef(in source);

    [Intrinsic]
    public static void* AsPointer<T>(ref readonly T value) => AsPointer(in value);

    [Intrinsic]
    public static ref TTo As<TFrom, TTo>(ref TFrom source) => ref As<TFrom, TTo>(ref source);

    [Intrinsic]
    public static T As<T>(object? value) where T : class => As<T>(value);

    [Intrinsic]
    public static ref T Add<T>(ref T source, int elementOffset) => ref Add(ref source, elementOffset);

    [Intrinsic]
    public static ref T Add<T>(ref T source, nint elementOffset) => ref Add(ref source, elementOffset);

    /// <summary>An unsigned index is not sign-extended first.</summary>
    [Intrinsic]
    public static ref T Add<T>(ref T source, nuint elementOffset) => ref Add(ref source, elementOffset);

    [Intrinsic]
    public static ref T AddByteOffset<T>(ref T source, nint byteOffset) => ref AddByteOffset(ref source, byteOffset);

    [Intrinsic]
    public static ref T AddByteOffset<T>(ref T source, nuint byteOffset) => ref AddByteOffset(ref source, byteOffset);

    [Intrinsic]
    public static nint ByteOffset<T>(ref readonly T origin, ref readonly T target) => ByteOffset(in origin, in target);

    [Intrinsic]
    public static bool AreSame<T>(ref readonly T left, ref readonly T right) => AreSame(in left, in right);

    [Intrinsic]
    public static T ReadUnaligned<T>(void* source) => ReadUnaligned<T>(source);

    [Intrinsic]
    public static T ReadUnaligned<T>(ref readonly byte source) => ReadUnaligned<T>(in source);

    [Intrinsic]
    public static void WriteUnaligned<T>(ref byte destination, T value) => WriteUnaligned(ref destination, value);

    [Intrinsic]
    public static void SkipInit<T>(out T value) => SkipInit(out value);

    public static int SizeOf<T>() => sizeof(T);

    public static ref T NullRef<T>() => ref AsRef<T>(null);

    public static bool IsNullRef<T>(ref readonly T source) => AsPointer(in source) == null;

    // Elements start after the MethodTable pointer and the length, padded to a pointer.
    internal static ref T ArrayElement<T>(T[] array) =>
        ref As<byte, T>(ref As<ArrayData>(array).Data);

    private sealed class ArrayData
    {
        public int Length;
        public int Padding;
        public byte Data;
    }
}
