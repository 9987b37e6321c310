using System.Runtime;
using System.Runtime.CompilerServices;

namespace Bulkhead.Guests.Hostile;

/// <summary>Instructions as bytes, written into a page of their own, with a RET behind, and called as often as wanted.</summary>
internal static unsafe class Code
{
    public const int Rax = 0, Rcx = 1, Rdx = 2, Rbx = 3, Rbp = 4, Rsi = 5, Rdi = 6, Registers = 15;
    /// <summary>What a place has: no instruction is longer than 15 bytes.</summary>
    public const uint Room = 32;
    private const byte Ret = 0xc3;

    [InlineArray(Registers)]
    private struct RegisterFile
    {
        private ulong _rax;
    }

    private static RegisterFile s_registers;

    /// <summary>RAX, RCX, RDX, RBX, RBP, RSI, RDI, R8 to R15, before and after a call.</summary>
    public static ulong* X => (ulong*)Unsafe.AsPointer(ref s_registers);

    /// <summary>Calls what lies there; the exception it took.</summary>
    public static Fault Run(ulong code)
    {
        FaultTrap.ArmForReturn(AddressOfRunCodeEnd());
        RunCode(code, X);
        return FaultTrap.Disarm() == 0 ? default : new Fault(FaultTrap.LastVector, FaultTrap.LastError);
    }

    public static void Fill(ref Random random)
    {
        for (int i = 0; i < Registers; i++)
            X[i] = random.Edgy();
    }

    /// <summary>Up to eight bytes of instruction, the first in the lowest.</summary>
    public static void Put(ulong place, ulong bytes, int length)
    {
        byte* at = (byte*)place;
        for (int i = 0; i < length; i++)
            at[i] = (byte)(bytes >> i * 8);
        at[length] = Ret;
    }

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "RunCode")]
    private static extern void RunCode(ulong code, ulong* registers);

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "AddressOfRunCodeEnd")]
    private static extern ulong AddressOfRunCodeEnd();

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "FlushTlb")]
    public static extern void FlushTlb();
}
