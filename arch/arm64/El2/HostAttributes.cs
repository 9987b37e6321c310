namespace Bulkhead.Arm64.El2;

/// <summary>EL2 stage 1 leaf attributes (DDI 0487 D8.3.1): AF, inner shareable, XN always; AttrIndx as Layout.h's MAIR.</summary>
internal static class HostAttributes
{
    private const ulong AccessFlag = 1ul << 10, InnerShareable = 3ul << 8, ReadOnly = 1ul << 7, Res1 = 1ul << 6, Xn = 1ul << 54;
    private const ulong Normal = 1ul << 2, NonCacheable = 2ul << 2;

    public const ulong Device = AccessFlag | Res1 | Xn;
    public const ulong Ram = AccessFlag | InnerShareable | Res1 | Xn | Normal;
    public const ulong RamReadOnly = Ram | ReadOnly;
    public const ulong Flash = AccessFlag | InnerShareable | Res1 | Xn | NonCacheable | ReadOnly;
}
