using System.Runtime.CompilerServices;

namespace System.Runtime.Intrinsics.Arm;

/// <summary>CLZ and RBIT on general registers, and YIELD: base Armv8-A, no SIMD.</summary>
[Intrinsic]
public abstract class ArmBase
{
    public static bool IsSupported => IsSupported;
    public static int LeadingZeroCount(uint value) => LeadingZeroCount(value);
    public static uint ReverseElementBits(uint value) => ReverseElementBits(value);
    public static void Yield() => Yield();

    [Intrinsic]
    public abstract class Arm64
    {
        public static bool IsSupported => IsSupported;
        public static int LeadingZeroCount(ulong value) => LeadingZeroCount(value);
        public static ulong ReverseElementBits(ulong value) => ReverseElementBits(value);
    }
}
