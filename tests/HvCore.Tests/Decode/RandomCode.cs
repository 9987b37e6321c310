using System;
using Bulkhead.X86.Decode;

namespace Bulkhead.HvCore.Tests.Decode;

/// <summary>Bytes that are instructions more often than chance would have it.</summary>
internal static class RandomCode
{
    private static ReadOnlySpan<byte> Prefixes => [0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x66, 0x67, 0xf0, 0xf2, 0xf3];

    /// <summary>Returns how many bytes of <paramref name="code"/> count, 0 to all; the others are noise as well.</summary>
    public static int Fill(Random random, Span<byte> code)
    {
        random.NextBytes(code);
        int kind = random.Next(16);
        int prefixes = kind == 0 ? random.Next(code.Length) : kind < 4 ? 0 : random.Next(4);
        int at = 0;
        for (; at < prefixes; at++)
            code[at] = random.Next(4) == 0 ? (byte)random.Next(0x40, 0x50) : Prefixes[random.Next(Prefixes.Length)];
        if (random.Next(4) == 0 && at < code.Length)
            code[at++] = 0x0f;
        if (random.Next(32) == 0 && at < code.Length)
            code[at++] = 0x38;
        return random.Next(4) == 0 ? random.Next(code.Length + 1) : code.Length;
    }

    public static GuestRegisters Registers(Random random, CpuMode mode)
    {
        GuestRegisters registers = default;
        for (byte i = 0; i < 16; i++)
            registers[i] = (ulong)random.NextInt64() << 1 ^ (ulong)random.NextInt64();
        registers.Rip = (ulong)random.NextInt64() & GuestRegisters.Mask((uint)mode);
        return registers;
    }
}
