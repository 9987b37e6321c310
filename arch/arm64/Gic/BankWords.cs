using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Bulkhead.Arm64.Gic;

/// <summary>A word for each bank of 32 interrupts, 1024 bits.</summary>
[InlineArray(32)]
public struct BankWords
{
    private uint _first;

    [UnscopedRef]
    public ref uint At(uint bank) => ref Unsafe.Add(ref _first, (int)(bank & 31));
}
