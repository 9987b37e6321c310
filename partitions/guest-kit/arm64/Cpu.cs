using System.Runtime;
using System.Runtime.CompilerServices;

namespace Bulkhead.Guests;

/// <summary>The instructions and registers of Accessors.S that are not a device's.</summary>
internal static class Cpu
{
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Cpu_Isb")]
    public static extern void Isb();

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Cpu_DsbSy")]
    public static extern void DsbSy();

    /// <summary>Call with interrupts masked: a pending one ends the wait all the same, and none slips in before it.</summary>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Cpu_Wfi")]
    public static extern void Wfi();

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Cpu_Yield")]
    public static extern void Yield();

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Cpu_MaskInterrupts")]
    public static extern void MaskInterrupts();

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Cpu_UnmaskInterrupts")]
    public static extern void UnmaskInterrupts();

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Read_MPIDR_EL1")]
    private static extern ulong ReadMpidr();

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Read_MIDR_EL1")]
    public static extern ulong ReadMidr();

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Read_CURRENTEL")]
    public static extern ulong ReadCurrentEl();

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Read_ESR_EL1")]
    public static extern ulong ReadEsr();

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Read_FAR_EL1")]
    public static extern ulong ReadFar();

    public static ulong Mpidr => ReadMpidr();

    /// <summary>Aff3..Aff0 packed as GICR_TYPER[63:32] has them.</summary>
    public static uint Affinity => (uint)(ReadMpidr() & 0xff_ffff | ReadMpidr() >> 8 & 0xff00_0000);

    /// <summary>The vCPU's number: guests here have fewer than sixteen, all in Aff0.</summary>
    public static int Index => (int)(ReadMpidr() & 0xff);

    public static void Halt()
    {
        MaskInterrupts();
        while (true)
            Wfi();
    }

    /// <summary>With interrupts masked before: sleeps until one is pending, and opens them.</summary>
    public static void WaitUnmasked()
    {
        Wfi();
        UnmaskInterrupts();
    }

    /// <summary>
    /// With interrupts masked before and after, so that what the caller checks cannot change between its look and WFI.
    /// </summary>
    public static void WaitForInterrupt()
    {
        Wfi();
        UnmaskInterrupts();
        MaskInterrupts();
    }
}
