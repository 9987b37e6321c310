using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Bulkhead.Arm64.Gic;

/// <summary>A word for each vCPU of a guest.</summary>
[InlineArray(VirtualGic.MaxVcpus)]
public struct VcpuWords
{
    private uint _first;

    [UnscopedRef]
    public ref uint At(int vcpu) => ref Unsafe.Add(ref _first, vcpu & (VirtualGic.MaxVcpus - 1));
}
