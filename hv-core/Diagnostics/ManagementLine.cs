using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bulkhead.Diagnostics;

/// <summary>A line for the hypervisor itself, after Ctrl-T m, as it comes in; what is too long is no command of ours.</summary>
public struct ManagementLine
{
    public const int Capacity = 300;

    private int _length;
    private bool _isOpen;
    private Storage _bytes;

    [InlineArray(Capacity)]
    private struct Storage
    {
        private byte _first;
    }

    public readonly bool IsOpen => _isOpen;

    public void Open()
    {
        _isOpen = true;
        _length = 0;
    }

    /// <summary>True when this byte ends the line.</summary>
    public bool Put(byte value)
    {
        if (value is (byte)'\r' or (byte)'\n')
        {
            _isOpen = false;
            return true;
        }
        // One more than there is room for stays remembered.
        if (_length < Capacity)
            _bytes[_length] = value;
        if (_length <= Capacity)
            _length++;
        return false;
    }

    /// <summary>The line; empty when it was too long. It must outlive the span.</summary>
    public static ReadOnlySpan<byte> TextOf(in ManagementLine line) =>
        line._length > Capacity ? default : MemoryMarshal.CreateReadOnlySpan(in line._bytes[0], line._length);
}
