using System.Runtime;
using System.Runtime.CompilerServices;

namespace Bulkhead.Guests.Microbench;

/// <summary>The measuring loops of Measure.S.</summary>
internal static unsafe class Measure
{
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "MeasureNothing")]
    public static extern void Nothing(uint* samples, ulong count);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "MeasureHvc")]
    public static extern void Hvc(uint* samples, ulong count, ulong function, ulong argument);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "MeasureIdRegister")]
    public static extern void IdRegister(uint* samples, ulong count);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "MeasureRead")]
    public static extern void Read(uint* samples, ulong count, ulong device, ulong register);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "MeasureWriteZero")]
    public static extern void WriteZero(uint* samples, ulong count, ulong device, ulong register);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "MeasureSelfSgi")]
    public static extern void SelfSgi(uint* entry, uint* eoi, uint* roundtrip, ulong count);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "MeasureTimerSpinning")]
    public static extern void TimerSpinning(uint* entry, uint* eoi, ulong count);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "MeasureTimerWaiting")]
    public static extern void TimerWaiting(uint* entry, uint* eoi, ulong count);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "MeasurePingYielding")]
    public static extern void PingYielding(uint* there, uint* reply, uint* roundtrip, ulong count);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "MeasurePingWaiting")]
    public static extern void PingWaiting(uint* there, uint* reply, uint* roundtrip, ulong count);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "MeasureTouch")]
    public static extern ulong Touch(ulong address, ulong bytes);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "AnswerForever")]
    public static extern void AnswerForever();

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "SelectPerCpu")]
    public static extern void SelectPerCpu(ulong index);
}
