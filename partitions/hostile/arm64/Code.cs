using System.Runtime;
using System.Runtime.CompilerServices;

namespace Bulkhead.Guests.Hostile;

/// <summary>
/// Instructions as numbers: each is written once into a place of its own, with a RET behind it, and called as often as
/// wanted, so that the emulator translates it once.
/// </summary>
internal static unsafe class Code
{
    public const uint Ret = 0xd65f_03c0;
    public const int Registers = 16;

    [InlineArray(Registers)]
    private struct RegisterFile
    {
        private ulong _x0;
    }

    private static RegisterFile s_registers;

    /// <summary>X0 to X15, before and after a call.</summary>
    public static ulong* X => (ulong*)Unsafe.AsPointer(ref s_registers);

    /// <summary>Calls what lies there. The exception it took as ESR_EL1, 0 for none; 1 when there were several.</summary>
    public static ulong Run(ulong code)
    {
        FaultTrap.Arm();
        RunCode(code, X);
        uint faults = FaultTrap.Disarm();
        return faults == 0 ? 0 : faults == 1 ? FaultTrap.LastEsr : 1;
    }

    /// <summary>One instruction at a place, to be published by the caller.</summary>
    public static void Put(ulong place, uint instruction)
    {
        *(uint*)place = instruction;
        *(uint*)(place + 4) = Ret;
    }

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "RunCode")]
    private static extern void RunCode(ulong code, ulong* registers);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "PublishCode")]
    public static extern void Publish(ulong from, ulong to);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "WriteCpacr")]
    public static extern void WriteCpacr(ulong value);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "WriteMdscr")]
    public static extern void WriteMdscr(ulong value);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "InvalidateAll")]
    public static extern void InvalidateAll();
}
