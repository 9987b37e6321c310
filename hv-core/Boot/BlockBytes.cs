using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bulkhead.Boot;

/// <summary>Room for one block.</summary>
[InlineArray(IBlockDevice.BlockSize)]
public struct BlockBytes
{
    private byte _first;

    [UnscopedRef]
    public Span<byte> All => MemoryMarshal.CreateSpan(ref _first, IBlockDevice.BlockSize);
}
