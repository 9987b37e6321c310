using System;
using System.Runtime.CompilerServices;

namespace Bulkhead.Partitions;

/// <summary>A name of at most 15 ASCII bytes, zero padded to 16.</summary>
[InlineArray(16)]
public struct FixedName
{
    private byte _first;

    /// <summary>The number of bytes before the padding.</summary>
    public readonly int Length
    {
        get
        {
            int length = 0;
            while (length < 15 && this[length] != 0)
                length++;
            return length;
        }
    }
}
