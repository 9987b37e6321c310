using System.Buffers.Binary;
using System.Text.RegularExpressions;
using Gee.External.Capstone;
using Gee.External.Capstone.Arm64;

namespace Bulkhead.BuildGates;

/// <summary>
/// Every instruction of the linked file: SIMD registers belong to the guest but for the two that an exit saves, SVE and
/// SME are trapped, and C# reaches system registers only through assembly.
/// </summary>
public static partial class CodeGate
{
    public static IEnumerable<Finding> Check(CodeRange range, ReadOnlySpan<byte> code, IReadOnlySet<string> allowVector)
    {
        List<Finding> findings = [];
        using CapstoneArm64Disassembler disassembler = CapstoneDisassembler.CreateArm64Disassembler(Arm64DisassembleMode.LittleEndian);
        disassembler.EnableInstructionDetails = true;
        for (int offset = 0; offset + sizeof(uint) <= code.Length; offset += sizeof(uint))
        {
            uint word = BinaryPrimitives.ReadUInt32LittleEndian(code[offset..]);
            ulong address = range.Start + (ulong)offset;
            bool isAllowed = !range.IsManaged && allowVector.Contains(range.Symbol);
            if (A64.IsScalable(word) && !isAllowed)
                findings.Add(new(Finding.Scalable, $"{range.Name(address)}: 0x{word:x8} is an SVE or SME instruction, which EL2 traps"));
            else if (A64.IsPrivileged(word) && range.IsManaged)
                findings.Add(new(Finding.Privileged, $"{range.Name(address)}: '{Text(disassembler, code.Slice(offset, sizeof(uint)), address)}' in C#; only assembly may"));
            else if (A64.IsSimd(word) && !isAllowed)
                CheckSimd(findings, disassembler, range, code.Slice(offset, sizeof(uint)), address);
        }
        return findings;
    }

    private static void CheckSimd(List<Finding> findings, CapstoneArm64Disassembler disassembler, CodeRange range, ReadOnlySpan<byte> word, ulong address)
    {
        string text = Text(disassembler, word, address);
        string[] registers = [.. SimdRegister().Matches(text).Select(match => match.Groups["number"].Value)];
        if (registers.Length == 0)
            findings.Add(new(Finding.NotCode, $"{range.Name(address)}: '{text}' is in the SIMD space, but its registers cannot be read"));
        else if (registers.FirstOrDefault(number => number is not ("16" or "17")) is { } other)
            findings.Add(new(Finding.Simd, $"{range.Name(address)}: '{text}' uses v{other}; an exit saves v16 and v17 only"));
    }

    private static string Text(CapstoneArm64Disassembler disassembler, ReadOnlySpan<byte> word, ulong address)
    {
        Arm64Instruction[] instructions = disassembler.Disassemble(word.ToArray(), (long)address);
        return instructions.Length == 0 ? $"0x{BinaryPrimitives.ReadUInt32LittleEndian(word):x8}" : $"{instructions[0].Mnemonic} {instructions[0].Operand}";
    }

    [GeneratedRegex(@"(?<![0-9a-z_#])[bhsdqv](?<number>[0-9]+)(?![0-9])")]
    private static partial Regex SimdRegister();
}
