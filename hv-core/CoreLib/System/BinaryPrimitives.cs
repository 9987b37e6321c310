using System.Runtime.CompilerServices;

namespace System.Buffers.Binary;

public static class BinaryPrimitives
{
    [Intrinsic]
    public static ushort ReverseEndianness(ushort value) => (ushort)((value >> 8) | (value << 8));

    [Intrinsic]
    public static uint ReverseEndianness(uint value) => ReverseEndianness(value);

    [Intrinsic]
    public static ulong ReverseEndianness(ulong value) => ReverseEndianness(value);

    public static ushort ReadUInt16LittleEndian(ReadOnlySpan<byte> source) => Read<ushort>(source);
    public static uint ReadUInt32LittleEndian(ReadOnlySpan<byte> source) => Read<uint>(source);
    public static ulong ReadUInt64LittleEndian(ReadOnlySpan<byte> source) => Read<ulong>(source);
    public static uint ReadUInt32BigEndian(ReadOnlySpan<byte> source) => ReverseEndianness(Read<uint>(source));
    public static ulong ReadUInt64BigEndian(ReadOnlySpan<byte> source) => ReverseEndianness(Read<ulong>(source));
    public static void WriteUInt32BigEndian(Span<byte> destination, uint value) => Write(destination, ReverseEndianness(value));
    public static void WriteUInt64BigEndian(Span<byte> destination, ulong value) => Write(destination, ReverseEndianness(value));
    public static void WriteUInt32LittleEndian(Span<byte> destination, uint value) => Write(destination, value);
    public static void WriteUInt64LittleEndian(Span<byte> destination, ulong value) => Write(destination, value);

    private static T Read<T>(ReadOnlySpan<byte> source) where T : struct => Runtime.InteropServices.MemoryMarshal.Read<T>(source);

    private static void Write<T>(Span<byte> destination, T value) where T : struct =>
        Runtime.InteropServices.MemoryMarshal.Write(destination, in value);
}
