using System.Runtime;
using System.Runtime.CompilerServices;

namespace Bulkhead.Guests;

/// <summary>The instructions and registers of Accessors.S that are not a device's.</summary>
internal static unsafe class Cpu
{
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Cpu_ReadMsr")]
    public static extern ulong ReadMsr(uint msr);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Cpu_WriteMsr")]
    public static extern void WriteMsr(uint msr, ulong value);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Cpu_ReadTsc")]
    public static extern ulong ReadTsc();

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Cpu_ReadCr0")]
    public static extern ulong ReadCr0();

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Cpu_ReadCr2")]
    public static extern ulong ReadCr2();

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Cpu_ReadCr3")]
    public static extern ulong ReadCr3();

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Cpu_MaskInterrupts")]
    public static extern void MaskInterrupts();

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Cpu_UnmaskInterrupts")]
    public static extern void UnmaskInterrupts();

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Cpu_Halt")]
    public static extern void Halt();

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Cpu_Yield")]
    public static extern void Yield();

    /// <summary>With interrupts masked before: opens them and sleeps, with no gap between, until one was taken.</summary>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Cpu_WaitUnmasked")]
    public static extern void WaitUnmasked();

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Cpu_Cpuid")]
    private static extern void Cpuid(uint leaf, uint subleaf, CpuidRegisters* registers);

    public static CpuidRegisters Cpuid(uint leaf, uint subleaf = 0)
    {
        CpuidRegisters registers;
        Cpuid(leaf, subleaf, &registers);
        return registers;
    }

    /// <summary>AMD's is the other hypercall instruction.</summary>
    public static bool IsAmd => Cpuid(0).Ebx == 0x6874_7541;
}
