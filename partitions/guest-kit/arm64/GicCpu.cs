using System.Runtime;
using System.Runtime.CompilerServices;

namespace Bulkhead.Guests;

/// <summary>The CPU interface's system registers (IHI 0069 12.2).</summary>
internal static class GicCpu
{
    public const ulong CtlrEoiMode = 1 << 1;

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Read_ICC_IAR1_EL1")]
    private static extern ulong ReadIar1();

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_ICC_EOIR1_EL1")]
    private static extern void WriteEoir1(ulong value);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_ICC_DIR_EL1")]
    private static extern void WriteDir(ulong value);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_ICC_SGI1R_EL1")]
    public static extern void WriteSgi1r(ulong value);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Read_ICC_SRE_EL1")]
    public static extern ulong ReadSre();

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_ICC_SRE_EL1")]
    public static extern void WriteSre(ulong value);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_ICC_PMR_EL1")]
    public static extern void WritePmr(ulong value);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_ICC_BPR1_EL1")]
    public static extern void WriteBpr1(ulong value);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_ICC_CTLR_EL1")]
    public static extern void WriteCtlr(ulong value);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_ICC_IGRPEN1_EL1")]
    public static extern void WriteIgrpen1(ulong value);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Read_ICC_HPPIR1_EL1")]
    public static extern ulong ReadHppir1();

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Read_ICC_RPR_EL1")]
    public static extern ulong ReadRpr();

    public static uint Acknowledge()
    {
        uint intid = (uint)ReadIar1() & 0xff_ffff;
        Cpu.DsbSy();                // the acknowledge is done before the device is looked at (IHI 0069 4.6)
        return intid;
    }

    /// <summary>Drops the priority; with EOImode 0 also deactivates.</summary>
    public static void EndOfInterrupt(uint intid)
    {
        Cpu.DsbSy();
        WriteEoir1(intid);
        Cpu.Isb();
    }

    public static void Deactivate(uint intid)
    {
        WriteDir(intid);
        Cpu.Isb();
    }
}
