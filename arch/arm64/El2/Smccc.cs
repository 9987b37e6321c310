namespace Bulkhead.Arm64.El2;

/// <summary>SMCCC 1.1 calls (DEN 0028 7) and this hypervisor's own range (docs/abi.md).</summary>
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

    public const uint HypervisorVersion = 0xc600_0010;
    public const uint HypervisorFeatures = 0xc600_0011;
    public const uint GuestIdentity = 0xc600_0012;
    public const uint ConsoleWrite = 0xc600_0013;
    public const uint Doorbell = 0xc600_0014;

    /// <summary>Major version in bits 31:16, minor in 15:0.</summary>
    public const ulong OwnVersion = 0x0000_0001;
    /// <summary>Bit 0: console write.</summary>
    public const ulong OwnFeatures = 1;
}
