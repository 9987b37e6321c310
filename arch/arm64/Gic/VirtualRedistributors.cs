using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Bulkhead.Arm64.Gic;

/// <summary>The vCPUs of a guest.</summary>
[InlineArray(VirtualGic.MaxVcpus)]
public struct VirtualRedistributors
{
    private VirtualRedistributor _first;

    [UnscopedRef]
    public ref VirtualRedistributor At(int vcpu) => ref Unsafe.Add(ref _first, vcpu & (VirtualGic.MaxVcpus - 1));
}
