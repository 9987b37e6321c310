using System.Runtime.CompilerServices;
#if ARM64
using System.Runtime.Intrinsics.Arm;
#elif X64
using System.Runtime.Intrinsics.X86;
#endif

namespace System.Numerics;

public static class BitOperations
{
#if ARM64
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int LeadingZeroCount(uint value) => ArmBase.LeadingZeroCount(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int LeadingZeroCount(ulong value) => ArmBase.Arm64.LeadingZeroCount(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int TrailingZeroCount(uint value) => ArmBase.LeadingZeroCount(ArmBase.ReverseElementBits(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int TrailingZeroCount(ulong value) => ArmBase.Arm64.LeadingZeroCount(ArmBase.Arm64.ReverseElementBits(value));
#elif X64
    // LZCNT and TZCNT are newer than the processors this runs on must be: BSR and BSF, which leave zero to us.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int LeadingZeroCount(uint value) => value == 0 ? 32 : 31 - (int)X86Base.BitScanReverse(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int LeadingZeroCount(ulong value) => value == 0 ? 64 : 63 - (int)X86Base.X64.BitScanReverse(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int TrailingZeroCount(uint value) => value == 0 ? 32 : (int)X86Base.BitScanForward(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int TrailingZeroCount(ulong value) => value == 0 ? 64 : (int)X86Base.X64.BitScanForward(value);
#endif
    public static int TrailingZeroCount(int value) => TrailingZeroCount((uint)value);

#if X64
    public static int Log2(uint value) => (int)X86Base.BitScanReverse(value | 1);

    public static int Log2(ulong value) => (int)X86Base.X64.BitScanReverse(value | 1);
#else
    public static int Log2(uint value) => 31 - LeadingZeroCount(value | 1);

    public static int Log2(ulong value) => 63 - LeadingZeroCount(value | 1);
#endif

    public static bool IsPow2(ulong value) => value != 0 && (value & (value - 1)) == 0;

    public static int PopCount(uint value)
    {
        // Counting in parallel halves: no SIMD, which belongs to the guest.
        value -= (value >> 1) & 0x55555555;
        value = (value & 0x33333333) + ((value >> 2) & 0x33333333);
        value = (value + (value >> 4)) & 0x0f0f0f0f;
        return (int)((value * 0x01010101) >> 24);
    }

    public static int PopCount(ulong value) => PopCount((uint)value) + PopCount((uint)(value >> 32));

    [Intrinsic]
    public static uint RotateLeft(uint value, int offset) => (value << offset) | (value >> (32 - offset));

    [Intrinsic]
    public static uint RotateRight(uint value, int offset) => (value >> offset) | (value << (32 - offset));

    [Intrinsic]
    public static ulong RotateLeft(ulong value, int offset) => (value << offset) | (value >> (64 - offset));

    [Intrinsic]
    public static ulong RotateRight(ulong value, int offset) => (value >> offset) | (value << (64 - offset));
}
