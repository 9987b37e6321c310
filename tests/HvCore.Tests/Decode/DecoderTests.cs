using System;
using System.Collections.Generic;
using Bulkhead.X86.Decode;
using Iced.Intel;
using Xunit;
using Decoder = Bulkhead.X86.Decode.Decoder;

namespace Bulkhead.HvCore.Tests.Decode;

public sealed class DecoderTests
{
    public static IEnumerable<object[]> Modes() => [[CpuMode.Bits16], [CpuMode.Bits32], [CpuMode.Bits64]];

    /// <summary>Every opcode of the promised operations, with every shape of address that Iced's encoder can make.</summary>
    [Theory]
    [MemberData(nameof(Modes))]
    public void Every_form_that_Iced_encodes(CpuMode mode)
    {
        var forms = new FormWriter(mode);
        var random = new Random(1);
        int count = 0;
        foreach (Code code in Enum.GetValues<Code>())
            foreach (byte[] bytes in forms.Encode(code, 300, random))
            {
                if (IcedCheck.Same(bytes, mode, RandomCode.Registers(random, mode)) != DecodeStatus.Ok
                    || IcedCheck.Same(bytes.AsSpan(0, bytes.Length - 1), mode, default) != DecodeStatus.Truncated)
                    Assert.Fail($"{code} {Convert.ToHexString(bytes)}");
                count++;
            }
        Assert.True(count > 10_000, $"only {count} forms");
    }

    /// <summary>Every opcode in one, two and three bytes, each with every ModRM byte, behind the prefixes that change it.</summary>
    [Theory]
    [MemberData(nameof(Modes))]
    public void Every_opcode_and_ModRM(CpuMode mode)
    {
        byte[][] prefixes = [[], [0x66], [0x67], [0xf2], [0xf3], [0xf0], [0x64], [0x48], [0x41], [0x66, 0x47], [0xf0, 0x4f], [0x48, 0x66]];
        byte[][] maps = [[], [0x0f], [0x0f, 0x38]];
        var random = new Random(2);
        GuestRegisters registers = RandomCode.Registers(random, mode);
        Span<byte> code = stackalloc byte[15];
        foreach (byte[] prefix in prefixes)
            foreach (byte[] map in maps)
                for (int opcode = 0; opcode < 256; opcode++)
                    for (int modrm = 0; modrm < 256; modrm++)
                    {
                        random.NextBytes(code);
                        prefix.CopyTo(code);
                        map.CopyTo(code[prefix.Length..]);
                        int at = prefix.Length + map.Length;
                        code[at] = (byte)opcode;
                        code[at + 1] = (byte)modrm;
                        IcedCheck.Same(code, mode, registers);
                    }
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Random_bytes(CpuMode mode)
    {
        var random = new Random(3);
        GuestRegisters registers = RandomCode.Registers(random, mode);
        Span<byte> code = stackalloc byte[InstructionBytes.MaxLength];
        int understood = 0;
        for (int i = 0; i < 400_000; i++)
        {
            int length = RandomCode.Fill(random, code);
            if (IcedCheck.Same(code[..length], mode, registers) == DecodeStatus.Ok)
                understood++;
        }
        Assert.True(understood > 30_000, $"only {understood} understood");
    }

    /// <summary>The bytes behind the end decide nothing.</summary>
    [Theory]
    [MemberData(nameof(Modes))]
    public void Only_the_bytes_given_count(CpuMode mode)
    {
        var random = new Random(4);
        Span<byte> code = stackalloc byte[InstructionBytes.MaxLength];
        for (int i = 0; i < 200_000; i++)
        {
            int length = RandomCode.Fill(random, code);
            // Garbage from another instruction stays behind the end of a buffer that is used again.
            InstructionBytes clean = new(code[..length]), stale = default;
            stale.Set(~0ul, ~0ul);
            stale.Clear();
            foreach (byte b in code[..length])
                stale.Append(b);
            Assert.Equal(
                Decoder.Decode(clean, mode, out MemoryInstruction first), Decoder.Decode(stale, mode, out MemoryInstruction second));
            Assert.Equal(first.Length, second.Length);
        }
    }
}
