namespace Bulkhead.Arm64.El2;

/// <summary>SMCCC 1.1 calls (DEN 0028 7); this hypervisor's own range is HypervisorCall's.</summary>
internal static class Smccc
{
    public const uint Version = 0x8000_0000;
    public const uint ArchFeatures = 0x8000_0001;
    public const uint Workaround1 = 0x8000_8000;
    public const uint Workaround2 = 0x8000_7fff;
    public const uint Workaround3 = 0x8000_3fff;
    public const uint CallUid = 0x8600_ff01;
    public const uint CallRevision = 0x8600_ff03;
    public const ulong Version11 = 0x1_0001;
}
