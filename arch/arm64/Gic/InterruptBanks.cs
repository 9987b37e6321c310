using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Bulkhead.Arm64.Gic;

/// <summary>The shared interrupts by INTID / 32. Bank 0 stays unimplemented: its INTIDs are the vCPUs' own.</summary>
[InlineArray(32)]
public struct InterruptBanks
{
    private InterruptBank _first;

    [UnscopedRef]
    public ref InterruptBank At(uint bank) => ref Unsafe.Add(ref _first, (int)(bank & 31));
}
