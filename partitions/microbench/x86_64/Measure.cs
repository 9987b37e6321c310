using System.Runtime;
using System.Runtime.CompilerServices;

namespace Bulkhead.Guests.Microbench;

/// <summary>The measuring loops of Measure.S, and the handlers of Interrupts.S.</summary>
internal static unsafe class Measure
{
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "InstallHandlers")]
    public static extern void InstallHandlers();

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "SelectApic")]
    public static extern void SelectApic(bool x2, uint ownId);

    /// <summary>The exceptions since this was last asked.</summary>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "TakeExceptions")]
    public static extern uint TakeExceptions();

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "AnswerForever")]
    public static extern void AnswerForever();

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "MeasureKnown")]
    public static extern void Known(uint* six, ulong none);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "MeasureTouch")]
    public static extern uint Touch(ulong address, ulong bytes);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "MeasureNothing")]
    public static extern void Nothing(uint* samples, ulong count);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "MeasureCpuid")]
    public static extern void Cpuid(uint* samples, ulong count, ulong leaf);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "MeasureVmcall")]
    public static extern void Vmcall(uint* samples, ulong count, ulong function);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "MeasureVmmcall")]
    public static extern void Vmmcall(uint* samples, ulong count, ulong function);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "MeasureReadMsr")]
    public static extern void ReadMsr(uint* samples, ulong count, ulong msr);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "MeasureWriteMsr")]
    public static extern void WriteMsr(uint* samples, ulong count, ulong msr, ulong value);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "MeasureIn")]
    public static extern void In(uint* samples, ulong count, ulong port);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "MeasureOut")]
    public static extern void Out(uint* samples, ulong count, ulong port);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "MeasureRead")]
    public static extern void Read(uint* samples, ulong count, ulong address);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "MeasureWrite")]
    public static extern void Write(uint* samples, ulong count, ulong address, ulong value);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "MeasureReadCr8")]
    public static extern void ReadCr8(uint* samples, ulong count);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "MeasureWriteCr8")]
    public static extern void WriteCr8(uint* samples, ulong count);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "MeasureReadCr3")]
    public static extern void ReadCr3(uint* samples, ulong count);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "MeasureWriteCr3")]
    public static extern void WriteCr3(uint* samples, ulong count, ulong value);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "MeasureWriteCr0")]
    public static extern void WriteCr0(uint* samples, ulong count, ulong value);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "MeasureInvlpg")]
    public static extern void Invlpg(uint* samples, ulong count, ulong address);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "MeasureWbinvd")]
    public static extern void Wbinvd(uint* samples, ulong count);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "MeasureRdtsc")]
    public static extern void Rdtsc(uint* samples, ulong count);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "MeasureRdtscp")]
    public static extern void Rdtscp(uint* samples, ulong count);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "MeasurePause")]
    public static extern void Pause(uint* samples, ulong count);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "MeasureArmDeadline")]
    public static extern void ArmDeadline(uint* samples, ulong count, ulong ahead);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "MeasureSelfIpi")]
    public static extern void SelfIpi(uint* entry, ulong count, ulong byRegister, uint* eoi);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "MeasureOneShot")]
    public static extern void OneShot(uint* entry, ulong count, ulong ahead, ulong ratio, bool asleep);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "MeasureDeadline")]
    public static extern void Deadline(uint* entry, ulong count, ulong ahead, ulong none, bool asleep);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "MeasurePing")]
    public static extern void Ping(uint* there, ulong count, ulong id, uint* reply, bool asleep, uint* roundtrip);
}
