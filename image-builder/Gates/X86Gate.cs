using Iced.Intel;

namespace Bulkhead.BuildGates;

/// <summary>
/// Every x86-64 instruction of the linked file. C# uses no vector register but the two that an exit saves, and leaves
/// everything restricted to assembly; an assembly routine does what its line of the rules says.
/// </summary>
public static class X86Gate
{
    /// <param name="rules">Of the hypervisor and the first stage; a guest has none, and its assembly is restricted in vector registers alone.</param>
    /// <param name="allowVector">Routines of a guest's assembly that may use them.</param>
    public static IEnumerable<Finding> Check(CodeRange range, byte[] code, AssemblyRules? rules, IReadOnlySet<string> allowVector)
    {
        bool isCode32 = !range.IsManaged && Allows(range, rules, AssemblyRules.Code32);
        var decoder = Decoder.Create(isCode32 ? 32 : 64, new ByteArrayCodeReader(code));
        decoder.IP = range.Start;
        var information = new InstructionInfoFactory();
        HashSet<string> said = [];                      // once a routine is enough
        while (decoder.IP < range.End)
        {
            ulong address = decoder.IP;
            Instruction instruction = decoder.Decode();
            string name = $"{range.Name(address)}: '{instruction}'";
            if (instruction.IsInvalid)
            {
                yield return new(Finding.NotCode, $"{range.Name(address)}: 0x{code[address - range.Start]:x2} begins no instruction");
                yield break;
            }
            if (Restricted(instruction) is { } word && (range.IsManaged || rules is not null && !rules.Allow(range.Symbol, word))
                && said.Add(word))
                yield return new(Finding.Privileged, range.IsManaged
                    ? $"{name} in C#; only assembly may"
                    : $"{name}: the rules do not allow '{word}' in {range.Symbol}");
            if (Foreign(instruction, information) is { } register && (range.IsManaged || !allowVector.Contains(range.Symbol) && !Allows(range, rules, AssemblyRules.Vector))
                && said.Add(register))
                yield return instruction.Encoding == EncodingKind.Legacy
                    ? new(Finding.Simd, $"{name} uses {register}; an exit saves xmm0 and xmm8 only")
                    : new(Finding.Scalable, $"{name} is a VEX or EVEX instruction, and no exit saves what those use");
        }
    }

    private static bool Allows(CodeRange range, AssemblyRules? rules, string word) => rules?.Allow(range.Symbol, word) == true;

    /// <summary>The word of the rules that an instruction needs, null for one that anybody may use.</summary>
    private static string? Restricted(in Instruction instruction)
    {
        if (instruction.Mnemonic == Mnemonic.Mov)
        {
            for (int i = 0; i < 2; i++)
            {
                Register register = instruction.GetOpKind(i) == OpKind.Register ? instruction.GetOpRegister(i) : Register.None;
                if (register.IsCR() || register.IsDR() || register.IsTR())
                    return Name(register);
            }
        }
        bool isRestricted = instruction.IsPrivileged
            || instruction.FlowControl == FlowControl.Interrupt && instruction.Mnemonic != Mnemonic.Int3
            || instruction.IsJmpFar || instruction.IsJmpFarIndirect || instruction.IsCallFar || instruction.IsCallFarIndirect
            || instruction.Mnemonic is Mnemonic.Retf or Mnemonic.Iret or Mnemonic.Iretd or Mnemonic.Iretq or Mnemonic.Syscall or Mnemonic.Sysenter
            || instruction.CpuidFeatures.Any(feature => feature is CpuidFeature.VMX or CpuidFeature.SVM);
        return isRestricted ? instruction.Mnemonic.ToString().ToLowerInvariant() : null;
    }

    /// <summary>A register of the guest's that an exit leaves in the CPU; null when the instruction leaves them all alone.</summary>
    private static string? Foreign(in Instruction instruction, InstructionInfoFactory information)
    {
        if (instruction.Encoding != EncodingKind.Legacy)
            return instruction.Encoding.ToString();
        if (instruction.CpuidFeatures.Any(feature => feature is CpuidFeature.XSAVE or CpuidFeature.XSAVEOPT or CpuidFeature.XSAVEC
                or CpuidFeature.XSAVES or CpuidFeature.FXSR)
            && instruction.Mnemonic is not (Mnemonic.Xgetbv or Mnemonic.Xsetbv))
            return "all of them";
        if (instruction.CpuidFeatures.Any(feature => feature.ToString().StartsWith("FPU", StringComparison.Ordinal)))
            return "the x87 state";
        foreach (UsedRegister used in information.GetInfo(instruction).GetUsedRegisters())
            if (used.Register.IsVectorRegister() && used.Register is not (Register.XMM0 or Register.XMM8) || used.Register.IsMM()
                || used.Register.IsK() || used.Register.IsST())
                return Name(used.Register);
        return null;
    }

    private static string Name(Register register) => register.ToString().ToLowerInvariant();
}
