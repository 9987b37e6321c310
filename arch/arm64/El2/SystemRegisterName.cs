namespace Bulkhead.Arm64.El2;

/// <summary>A system register as ESR_EL2.ISS of EC 0x18 names it: Op0, Op2, Op1, CRn, CRm in place.</summary>
internal enum SystemRegisterName : uint
{
    // Op0 << 20 | Op2 << 17 | Op1 << 14 | CRn << 10 | CRm << 1
    IccSgi1r = 3u << 20 | 5u << 17 | 0u << 14 | 12u << 10 | 11u << 1,
    IccAsgi1r = 3u << 20 | 6u << 17 | 0u << 14 | 12u << 10 | 11u << 1,
    IccSgi0r = 3u << 20 | 7u << 17 | 0u << 14 | 12u << 10 | 11u << 1,
    IccDir = 3u << 20 | 1u << 17 | 0u << 14 | 12u << 10 | 11u << 1,
    CntpTval = 3u << 20 | 0u << 17 | 3u << 14 | 14u << 10 | 2u << 1,
    CntpCtl = 3u << 20 | 1u << 17 | 3u << 14 | 14u << 10 | 2u << 1,
    CntpCval = 3u << 20 | 2u << 17 | 3u << 14 | 14u << 10 | 2u << 1,
    Actlr = 3u << 20 | 1u << 17 | 0u << 14 | 1u << 10 | 0u << 1,
    DcIsw = 1u << 20 | 2u << 17 | 0u << 14 | 7u << 10 | 6u << 1,
    DcCsw = 1u << 20 | 2u << 17 | 0u << 14 | 7u << 10 | 10u << 1,
    DcCisw = 1u << 20 | 2u << 17 | 0u << 14 | 7u << 10 | 14u << 1,
}

internal static class SystemRegisterKey
{
    public const uint Mask = 0x3ffc1e;
    /// <summary>All but CRm and Op2: the ID space is Op0 3, Op1 0, CRn 0 (D22.3.1).</summary>
    public const uint IdSpaceMask = 3u << 20 | 7u << 14 | 15u << 10;
    public const uint IdSpace = 3u << 20;
    /// <summary>The feature ID space has Op1 1 and 3 too, for what is not there (FEAT_IDST).</summary>
    public const uint FeatureSpaceMask = 3u << 20 | 15u << 10;
}
