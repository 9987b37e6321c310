using System.Runtime.CompilerServices;

namespace System.Threading;

/// <summary>Acquire loads and release stores (LDAR, STLR).</summary>
public static class Volatile
{
    private struct VolatileInt { public volatile int Value; }
    private struct VolatileUInt { public volatile uint Value; }
    private struct VolatileByte { public volatile byte Value; }
    private struct VolatileBool { public volatile bool Value; }
    private struct VolatileUShort { public volatile ushort Value; }
    private struct VolatileNUInt { public volatile nuint Value; }

    [Intrinsic] public static int Read(ref readonly int location) => Unsafe.As<int, VolatileInt>(ref Unsafe.AsRef(in location)).Value;
    [Intrinsic] public static uint Read(ref readonly uint location) => Unsafe.As<uint, VolatileUInt>(ref Unsafe.AsRef(in location)).Value;
    [Intrinsic] public static byte Read(ref readonly byte location) => Unsafe.As<byte, VolatileByte>(ref Unsafe.AsRef(in location)).Value;
    [Intrinsic] public static bool Read(ref readonly bool location) => Unsafe.As<bool, VolatileBool>(ref Unsafe.AsRef(in location)).Value;
    [Intrinsic] public static ushort Read(ref readonly ushort location) => Unsafe.As<ushort, VolatileUShort>(ref Unsafe.AsRef(in location)).Value;
    [Intrinsic] public static ulong Read(ref readonly ulong location) => Unsafe.As<ulong, VolatileNUInt>(ref Unsafe.AsRef(in location)).Value;
    [Intrinsic] public static long Read(ref readonly long location) => (long)Unsafe.As<long, VolatileNUInt>(ref Unsafe.AsRef(in location)).Value;

    [Intrinsic] public static void Write(ref int location, int value) => Unsafe.As<int, VolatileInt>(ref location).Value = value;
    [Intrinsic] public static void Write(ref uint location, uint value) => Unsafe.As<uint, VolatileUInt>(ref location).Value = value;
    [Intrinsic] public static void Write(ref byte location, byte value) => Unsafe.As<byte, VolatileByte>(ref location).Value = value;
    [Intrinsic] public static void Write(ref bool location, bool value) => Unsafe.As<bool, VolatileBool>(ref location).Value = value;
    [Intrinsic] public static void Write(ref ushort location, ushort value) => Unsafe.As<ushort, VolatileUShort>(ref location).Value = value;
    [Intrinsic] public static void Write(ref ulong location, ulong value) => Unsafe.As<ulong, VolatileNUInt>(ref location).Value = (nuint)value;
    [Intrinsic] public static void Write(ref long location, long value) => Unsafe.As<long, VolatileNUInt>(ref location).Value = (nuint)value;
}
