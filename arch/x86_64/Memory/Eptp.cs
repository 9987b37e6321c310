using Bulkhead.Memory;

namespace Bulkhead.X86.Memory;

/// <summary>The VMCS's EPT pointer (SDM 3 24.6.11): write-back walks of four levels, no accessed and dirty flags.</summary>
public readonly struct Eptp(HostPhys root)
{
    private const ulong WriteBack = 6;
    private const ulong WalkLength4 = (4 - 1) << 3;

    public readonly ulong Value = root.Value | WalkLength4 | WriteBack;
}
