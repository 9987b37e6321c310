using System.Runtime.CompilerServices;

namespace System;

/// <summary>A string: MethodTable pointer, length in UTF-16 units, units. Frozen literals only.</summary>
public sealed class String
{
    private readonly int _stringLength;
    private char _firstChar;

    public int Length => _stringLength;
}
