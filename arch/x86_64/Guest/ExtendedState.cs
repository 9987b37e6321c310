using System.Runtime;
using System.Runtime.CompilerServices;
using Bulkhead.X86.Host;
using Bulkhead.X86.Policy;

namespace Bulkhead.X86.Guest;

/// <summary>
/// XCR0 and the registers behind it. They stay in the CPU while the hypervisor runs, which saves the two SIMD registers
/// it touches and sets CR4.OSXSAVE for XSETBV alone.
/// </summary>
internal static unsafe class ExtendedState
{
    private const ulong Cr4Osxsave = 1ul << 18;
    // MXCSR after a reset (SDM 3 table 9-1): XRSTOR takes it from memory even where it initialises the rest.
    private const int MxcsrOffset = 24;
    private const uint MxcsrReset = 0x1f80;

    private static ulong _supported;

    /// <summary>XCR0 bits that a guest may set; 0 without XSAVE. After FindFeatures.</summary>
    public static ulong Supported => _supported;

    /// <summary>On the boot CPU.</summary>
    public static void FindFeatures() => _supported = XcrPolicy.Find<BoardCpuid>();

    /// <summary>On each CPU.</summary>
    public static void Enable()
    {
        if (_supported != 0)
            Register.WriteCr4(Register.ReadCr4() | Cr4Osxsave);
    }

    /// <summary>XSETBV (SDM 1 13.3); false is #GP(0).</summary>
    public static bool TrySet(uint index, ulong value)
    {
        if (index != 0 || !XcrPolicy.IsValid(value, _supported))
            return false;
        WriteXcr0(value);
        return true;
    }

    /// <summary>All of it as after a reset: nothing of another guest, or of this one's earlier life, is left.</summary>
    public static void Reset(ref Vcpu vcpu)
    {
        byte* area = (byte*)Unsafe.AsPointer(ref vcpu.InitialState);
        *(uint*)(area + MxcsrOffset) = MxcsrReset;
        ResetExtendedState(area, _supported);
    }

    /// <summary>XCR0, which is the guest's whenever one runs here: on emulators not every write of it exits.</summary>
    public static ulong Current => Read();

    // Boot/Accessors.S
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Read_XCR0")] private static extern ulong Read();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "WriteXcr0")] private static extern void WriteXcr0(ulong value);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "ResetExtendedState")] private static extern void ResetExtendedState(byte* area, ulong mask);
}
