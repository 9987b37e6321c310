using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Bulkhead.Arm64.Gic;

/// <summary>One byte for each interrupt of a bank.</summary>
[InlineArray(32)]
public struct InterruptBytes
{
    private byte _first;

    /// <summary>By INTID, modulo the bank: no index is out of range.</summary>
    [UnscopedRef]
    public ref byte At(uint intid) => ref Unsafe.Add(ref _first, (int)(intid & 31));

    /// <summary>Four interrupts at once, as GICD_IPRIORITYR holds them; every word is aligned in the bank.</summary>
    [UnscopedRef]
    public ref uint WordAt(uint intid) => ref Unsafe.As<byte, uint>(ref Unsafe.Add(ref _first, (int)(intid & 28)));
}
