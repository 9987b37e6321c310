using System;
using System.Collections.Generic;
using System.Linq;
using Bulkhead.Memory;
using Bulkhead.X86.Firmware;

namespace Bulkhead.Tests.Firmware;

/// <summary>Physical memory with something in a few places and nothing between.</summary>
public readonly struct MemoryPieces() : IPhysicalMemory
{
    private readonly List<(ulong Address, byte[] Bytes)> _pieces = [];

    public IEnumerable<byte[]> Pieces => _pieces.Select(piece => piece.Bytes);

    public MemoryPieces Add(ulong address, byte[] bytes)
    {
        _pieces.Add((address, bytes));
        return this;
    }

    public bool TryRead(HostPhys address, uint bytes, out ReadOnlySpan<byte> found)
    {
        foreach ((ulong start, byte[] piece) in _pieces)
        {
            ulong offset = address.Value - start;
            if (offset <= (ulong)piece.Length && bytes <= (ulong)piece.Length - offset)
            {
                found = piece.AsSpan((int)offset, (int)bytes);
                return true;
            }
        }
        found = default;
        return false;
    }
}
