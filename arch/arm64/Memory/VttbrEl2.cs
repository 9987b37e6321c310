using Bulkhead.Memory;

namespace Bulkhead.Arm64.Memory;

/// <summary>VTTBR_EL2 (DDI 0487 D24.2.208).</summary>
internal readonly struct VttbrEl2(byte vmid, HostPhys root)
{
    private const int Vmid = 48;

    public readonly ulong Value = (ulong)vmid << Vmid | root.Value;
}
