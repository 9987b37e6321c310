using System.Runtime;
using System.Runtime.CompilerServices;

namespace Bulkhead.Guests.Probe;

/// <summary>
/// One life of several: looks for what a former one left in registers that no exit sees, leaves all it can, and ends by a
/// crash.
/// </summary>
internal static class Leftovers
{
    private const uint Star = 0xc000_0081, Lstar = 0xc000_0082, Cstar = 0xc000_0083, SfMask = 0xc000_0084, KernelGsBase = 0xc000_0102, TscAux = 0xc000_0103;
    private const uint HasRdtscp = 1u << 27;
    private const ulong Soil = 0x5a5a_c3c0;

    public static void Run()
    {
        Check.Equal("registers left"u8, 0, ReadRegisters());
        Check.Equal("MSRs left"u8, 0, Cpu.ReadMsr(Star) | Cpu.ReadMsr(Lstar) | Cpu.ReadMsr(Cstar) | Cpu.ReadMsr(SfMask) | Cpu.ReadMsr(KernelGsBase));
        for (uint msr = Star; msr <= SfMask; msr++)
            Cpu.WriteMsr(msr, Soil);
        Cpu.WriteMsr(KernelGsBase, Soil);
        if ((Cpu.Cpuid(0x8000_0001).Edx & HasRdtscp) != 0)
        {
            Check.Equal("TSC_AUX left"u8, 0, Cpu.ReadMsr(TscAux));
            Cpu.WriteMsr(TscAux, Soil);
        }
        SoilRegisters(Soil);
        Check.That("registers keep what is written"u8, ReadRegisters() == Soil && Cpu.ReadMsr(Lstar) == Soil);
        Check.End("leftovers"u8);
        Crash.UnemulatedAccess();
    }

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Probe_ReadRegisters")] public static extern ulong ReadRegisters();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Probe_SoilRegisters")] public static extern void SoilRegisters(ulong value);
}
