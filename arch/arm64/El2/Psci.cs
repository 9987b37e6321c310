namespace Bulkhead.Arm64.El2;

/// <summary>PSCI 1.1 function identifiers and results (DEN 0022, 5.1 and 5.2).</summary>
internal static class Psci
{
    public const uint Version = 0x8400_0000;
    public const uint CpuSuspend32 = 0x8400_0001;
    public const uint CpuOff = 0x8400_0002;
    public const uint CpuOn32 = 0x8400_0003;
    public const uint AffinityInfo32 = 0x8400_0004;
    public const uint MigrateInfoType = 0x8400_0006;
    public const uint SystemOff = 0x8400_0008;
    public const uint SystemReset = 0x8400_0009;
    public const uint Features = 0x8400_000a;
    public const uint CpuSuspend64 = 0xc400_0001;
    public const uint CpuOn64 = 0xc400_0003;
    public const uint AffinityInfo64 = 0xc400_0004;

    public const ulong Version11 = 0x1_0001;
    public const ulong Success = 0;
    public const ulong NotSupported = ~0ul;
    public const ulong InvalidParameters = ~0ul - 1;
    public const ulong AlreadyOn = ~0ul - 3;
    public const ulong OnPending = ~0ul - 4;
    public const ulong InvalidAddress = ~0ul - 8;

    /// <summary>MIGRATE_INFO_TYPE: no Trusted OS that would need migration (5.9).</summary>
    public const ulong NoMigration = 2;

    // AFFINITY_INFO (5.7)
    public const ulong AffinityOn = 0;
    public const ulong AffinityOff = 1;
    public const ulong AffinityOnPending = 2;
}
