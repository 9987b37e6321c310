namespace System;

/// <summary>An array: MethodTable pointer, length, elements. Arrays exist only as frozen, read-only data.</summary>
public abstract class Array
{
    // ILC's layout: the element count follows the MethodTable pointer.
    private readonly int _length;

    public int Length => _length;
}

public class Array<T> : Array;
