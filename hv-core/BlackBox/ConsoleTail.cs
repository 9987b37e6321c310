using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bulkhead.BlackBox;

/// <summary>The last bytes that a console's source sent. Whoever drains the consoles writes it.</summary>
[StructLayout(LayoutKind.Explicit, Size = (int)BlackBoxLayout.ConsoleStride)]
public struct ConsoleTail
{
    public const uint Capacity = 1024;

    /// <summary>Bytes sent so far, modulo 2^32; byte n is at n modulo <see cref="Capacity"/>.</summary>
    [FieldOffset(0)] public uint Count;
    [FieldOffset(1024)] private byte _first;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Put(byte value)
    {
        uint count = Count;
        Unsafe.Add(ref _first, (nint)(count & (Capacity - 1))) = value;
        Count = count + 1;
    }

    /// <summary>Byte n of the last <see cref="Capacity"/>.</summary>
    public readonly byte At(uint n) => Unsafe.Add(ref Unsafe.AsRef(in _first), (nint)(n & (Capacity - 1)));
}
