// Types that the C# compiler asks for by name; none of them does anything on the board.
namespace System;

public abstract class ValueType;

public abstract class Enum : ValueType;

public struct Nullable<T> where T : struct
{
    private readonly bool _hasValue;
    private readonly T _value;

    public Nullable(T value)
    {
        _value = value;
        _hasValue = true;
    }

    public readonly bool HasValue => _hasValue;
    public readonly T Value => _value;
    public readonly T GetValueOrDefault() => _value;
    public static implicit operator Nullable<T>(T value) => new Nullable<T>(value);
}

public abstract class Delegate;

public abstract class MulticastDelegate : Delegate;

public class Exception;

public abstract class Type;

public struct RuntimeTypeHandle { private nint _value; }

public struct RuntimeMethodHandle { private nint _value; }

public struct RuntimeFieldHandle { private nint _value; }

public interface IDisposable
{
    void Dispose();
}

public interface IEquatable<T>
{
    bool Equals(T other);
}
