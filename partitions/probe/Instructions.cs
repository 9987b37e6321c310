using System.Runtime;
using System.Runtime.CompilerServices;

namespace Bulkhead.Guests.Probe;

/// <summary>Instructions.S.</summary>
internal static class Instructions
{
    // Places among the ID registers: (CRm - 1) * 8 + op2
    public const int IdAa64Pfr0 = 24, IdAa64Pfr1 = 25, IdAa64Dfr0 = 32, IdRegisters = 56;

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "TryRdvl")]
    public static extern void TryRdvl();

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "TryRdsvl")]
    public static extern void TryRdsvl();

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "TryPmcr")]
    public static extern void TryPmcr();

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "TryPmsidr")]
    public static extern void TryPmsidr();

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "TryHcr")]
    public static extern void TryHcr();

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "ReadIdRegister")]
    public static extern ulong ReadIdRegister(ulong index);

    /// <summary>What registers hold that nothing here has written yet: all of them in one word, 0 after a reset.</summary>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "ReadLeftovers")]
    public static extern ulong ReadLeftovers();

    /// <summary>Writes a value to all of those.</summary>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "SoilRegisters")]
    public static extern void SoilRegisters(ulong value);
}
