using System.Runtime;
using System.Runtime.CompilerServices;

namespace Bulkhead.Guests;

/// <summary>The generic timer's virtual and physical EL1 timers (DDI 0487 D11).</summary>
internal static class Timer
{
    public const uint VirtualIntid = 27, PhysicalIntid = 30;
    public const ulong Enable = 1, InterruptMask = 2, Status = 4;

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Read_CNTVCT_EL0")]
    private static extern ulong ReadCntvct();

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Read_CNTPCT_EL0")]
    public static extern ulong ReadCntpct();

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Read_CNTFRQ_EL0")]
    private static extern ulong ReadCntfrq();

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_CNTV_CVAL_EL0")]
    public static extern void WriteCntvCval(ulong value);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_CNTV_CTL_EL0")]
    public static extern void WriteCntvCtl(ulong value);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Read_CNTV_CTL_EL0")]
    public static extern ulong ReadCntvCtl();

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_CNTV_TVAL_EL0")]
    public static extern void WriteCntvTval(ulong value);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_CNTP_CVAL_EL0")]
    public static extern void WriteCntpCval(ulong value);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_CNTP_CTL_EL0")]
    public static extern void WriteCntpCtl(ulong value);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Read_CNTP_CTL_EL0")]
    public static extern ulong ReadCntpCtl();

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Write_CNTP_TVAL_EL0")]
    public static extern void WriteCntpTval(ulong value);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Read_CNTP_TVAL_EL0")]
    public static extern ulong ReadCntpTval();

    public static ulong Now => ReadCntvct();

    public static ulong Frequency => ReadCntfrq();
}
