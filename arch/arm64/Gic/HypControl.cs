namespace Bulkhead.Arm64.Gic;

/// <summary>ICH_HCR_EL2 (IHI 0069 12.4.5).</summary>
public static class HypControl
{
    public const ulong En = 1 << 0;

    /// <summary>Maintenance interrupt while ICH_HCR_EL2.EOIcount is not zero.</summary>
    public const ulong Lrenpie = 1 << 2;

    /// <summary>Maintenance interrupt while no list register is in the pending state.</summary>
    public const ulong Npie = 1 << 3;

    /// <summary>Trap of the guest's ICC_DIR_EL1 writes (ICH_VTR_EL2.TDS says whether it exists).</summary>
    public const ulong Tdir = 1 << 14;

    public static uint EoiCount(ulong value) => (uint)(value >> 27) & 31;
}
