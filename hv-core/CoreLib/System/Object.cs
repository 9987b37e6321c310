using System.Runtime.CompilerServices;

namespace System;

/// <summary>The root of all types: in memory, one pointer to the MethodTable that ILC emits.</summary>
public unsafe class Object
{
    // ILC reads and writes this field by its place, not by its name.
    private MethodTable* _methodTable;

    internal MethodTable* MethodTablePointer => _methodTable;

    public Object()
    {
    }


    public virtual bool Equals(object? other) => this == other;

    public virtual int GetHashCode() => 0;

    public virtual string ToString() => "";
}
