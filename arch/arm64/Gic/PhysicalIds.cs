using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Bulkhead.Arm64.Gic;

/// <summary>The physical INTID behind each virtual one.</summary>
[InlineArray(1024)]
public struct PhysicalIds
{
    private ushort _first;

    [UnscopedRef]
    public ref ushort At(uint intid) => ref Unsafe.Add(ref _first, (int)(intid & 1023));
}
