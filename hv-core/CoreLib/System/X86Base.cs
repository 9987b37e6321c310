using System.Runtime.CompilerServices;

namespace System.Runtime.Intrinsics.X86;

/// <summary>BSF, BSR and PAUSE: base x86-64, no SIMD. A scan of zero is undefined.</summary>
[Intrinsic]
public abstract class X86Base
{
    public static bool IsSupported => IsSupported;
    public static uint BitScanForward(uint value) => BitScanForward(value);
    public static uint BitScanReverse(uint value) => BitScanReverse(value);
    public static void Pause() => Pause();

    [Intrinsic]
    public abstract class X64
    {
        public static bool IsSupported => IsSupported;
        public static ulong BitScanForward(ulong value) => BitScanForward(value);
        public static ulong BitScanReverse(ulong value) => BitScanReverse(value);
    }
}
