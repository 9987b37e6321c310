using System.Runtime.CompilerServices;

namespace System;

/// <summary>A bounds-checked stretch of memory that is only read.</summary>
public readonly ref struct ReadOnlySpan<T>
{
    internal readonly ref T _reference;
    private readonly int _length;

    public ReadOnlySpan(ref readonly T reference)
    {
        _reference = ref Unsafe.AsRef(in reference);
        _length = 1;
    }

    public unsafe ReadOnlySpan(void* pointer, int length)
    {
        _reference = ref Unsafe.AsRef<T>(pointer);
        _length = length;
    }

    internal ReadOnlySpan(ref T reference, int length)
    {
        _reference = ref reference;
        _length = length;
    }

    public ReadOnlySpan(T[]? array)
    {
        if (array is null)
            return;
        _reference = ref Unsafe.ArrayElement(array);
        _length = array.Length;
    }

    // The C# compiler names this constructor for u8 literals.
    public ReadOnlySpan(T[]? array, int start, int length)
    {
        if (array is null)
            return;
        if ((ulong)(uint)start + (uint)length > (uint)array.Length)
            Bug.IndexOutOfRange();
        _reference = ref Unsafe.Add(ref Unsafe.ArrayElement(array), start);
        _length = length;
    }

    public int Length
    {
        [Intrinsic, MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _length;
    }

    public bool IsEmpty => _length == 0;

    public static ReadOnlySpan<T> Empty => default;

    public ref readonly T this[int index]
    {
        [Intrinsic, MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if ((uint)index >= (uint)_length)
                Bug.IndexOutOfRange();
            return ref Unsafe.Add(ref _reference, (nint)(uint)index);
        }
    }

    public ReadOnlySpan<T> Slice(int start)
    {
        if ((uint)start > (uint)_length)
            Bug.IndexOutOfRange();
        return new(ref Unsafe.Add(ref _reference, (nint)(uint)start), _length - start);
    }

    public ReadOnlySpan<T> Slice(int start, int length)
    {
        if ((ulong)(uint)start + (uint)length > (uint)_length)
            Bug.IndexOutOfRange();
        return new(ref Unsafe.Add(ref _reference, (nint)(uint)start), length);
    }

    public unsafe void CopyTo(Span<T> destination)
    {
        if (_length > destination.Length)
            Bug.IndexOutOfRange();
        SpanHelpers.Memmove(
            ref Unsafe.As<T, byte>(ref destination._reference),
            ref Unsafe.As<T, byte>(ref _reference),
            (nuint)_length * (nuint)sizeof(T));
    }

    public Enumerator GetEnumerator() => new(this);

    public static implicit operator ReadOnlySpan<T>(T[]? array) => new(array);

    public ref struct Enumerator
    {
        private readonly ReadOnlySpan<T> _span;
        private int _index;

        internal Enumerator(ReadOnlySpan<T> span)
        {
            _span = span;
            _index = -1;
        }

        public bool MoveNext() => ++_index < _span.Length;

        public readonly ref readonly T Current => ref _span[_index];
    }
}
