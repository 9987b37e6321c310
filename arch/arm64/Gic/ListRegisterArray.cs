using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Bulkhead.Arm64.Gic;

/// <summary>One value for each of at most 16 list registers.</summary>
[InlineArray(16)]
public struct ListRegisterArray
{
    private ListRegister _first;

    [UnscopedRef]
    public ref ListRegister At(int index) => ref Unsafe.Add(ref _first, index & 15);
}
