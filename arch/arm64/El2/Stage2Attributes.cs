namespace Bulkhead.Arm64.El2;

/// <summary>Stage 2 leaf attributes (DDI 0487 D8.3.1, D8.5.5): AF, S2AP read and write, MemAttr.</summary>
internal static class Stage2Attributes
{
    private const ulong AccessFlag = 1ul << 10, InnerShareable = 3ul << 8, ReadWrite = 3ul << 6, Xn = 1ul << 54;
    private const ulong NormalWriteBack = 0xful << 2, DeviceNGnRE = 1ul << 2;

    public const ulong Ram = AccessFlag | InnerShareable | ReadWrite | NormalWriteBack;
    public const ulong Device = AccessFlag | ReadWrite | DeviceNGnRE | Xn;
}
