using Bulkhead.BuildGates;
using Xunit;
using GateRun = Bulkhead.BuildGates.Gates;

namespace Bulkhead.ImageBuilder.Tests.Gates;

/// <summary>The gates over x86-64 code: each passes what is right and can fail.</summary>
public sealed class X86GateTests
{
    private static IReadOnlyList<Finding> Check(string code, bool isManaged, AssemblyRules? rules = null, params string[] allowVector)
    {
        byte[] bytes = Convert.FromHexString(code.Replace(" ", "", StringComparison.Ordinal));
        return [.. X86Gate.Check(new CodeRange("Foo", 0x1000, 0x1000, 0x1000 + (ulong)bytes.Length, isManaged), bytes, rules, allowVector.ToHashSet())];
    }

    [Theory]
    [InlineData("0f57c0")]              // xorps xmm0, xmm0
    [InlineData("440f1107")]            // movups [rdi], xmm8
    [InlineData("f30f6f06")]            // movdqu xmm0, [rsi]
    [InlineData("488b07")]              // mov rax, [rdi]
    [InlineData("f0480fb10f")]          // lock cmpxchg [rdi], rcx
    [InlineData("f390")]                // pause
    [InlineData("f3480fb8c1")]          // popcnt rax, rcx
    [InlineData("cc")]                  // int3: padding
    [InlineData("0f0b")]                // ud2
    [InlineData("8ed8")]                // mov ds, eax
    [InlineData("c3")]
    public void WhatIsSavedOrHarmlessPasses(string code)
    {
        Assert.Empty(Check(code, isManaged: true));
        Assert.Empty(Check(code, isManaged: false, new AssemblyRules([])));
    }

    [Theory]
    [InlineData("0f57c9", "xmm1")]      // xorps xmm1, xmm1
    [InlineData("440f114f10", "xmm9")]  // movups [rdi+10h], xmm9
    [InlineData("660f6ec8", "xmm1")]    // movd xmm1, eax
    [InlineData("f20f5ac2", "xmm2")]    // cvtsd2ss xmm0, xmm2
    [InlineData("0f6ec0", "mm0")]       // movd mm0, eax
    [InlineData("d9e8", "x87")]         // fld1
    [InlineData("0fae00", "all")]       // fxsave [rax]
    [InlineData("0fae28", "all")]       // xrstor [rax]
    public void AnyOtherVectorRegisterFails(string code, string register)
    {
        Finding finding = Assert.Single(Check(code, isManaged: true));
        Assert.Equal(Finding.Simd, finding.Code);
        Assert.Contains(register, finding.Text);
        Assert.Contains("Foo+0x0 (0x1000)", finding.Text);
        Assert.Single(Check(code, isManaged: false));
        Assert.Single(Check(code, isManaged: true, new AssemblyRules(["Foo vector"])));
        Assert.Empty(Check(code, isManaged: false, new AssemblyRules(["Foo vector"])));
        Assert.Single(Check(code, isManaged: true, null, "Foo"));
        Assert.Single(Check(code, isManaged: false, null, "Bar"));
        Assert.Empty(Check(code, isManaged: false, null, "Foo"));
    }

    [Theory]
    [InlineData("c5f857c0")]            // vxorps xmm0, xmm0, xmm0
    [InlineData("c5fe6f06")]            // vmovdqu ymm0, [rsi]
    [InlineData("62f17c4857c0")]        // vxorps zmm0, zmm0, zmm0
    [InlineData("c4e2f0f2c1")]          // andn rax, rcx, rcx
    public void AvxFails(string code)
    {
        Assert.Equal(Finding.Scalable, Assert.Single(Check(code, isManaged: true)).Code);
        Assert.Equal(Finding.Scalable, Assert.Single(Check(code, isManaged: false)).Code);
    }

    [Theory]
    [InlineData("0f30", "wrmsr")]
    [InlineData("0f32", "rdmsr")]
    [InlineData("0f22d8", "cr3")]
    [InlineData("0f20c0", "cr0")]
    [InlineData("440f22c0", "cr8")]
    [InlineData("0f23f8", "dr7")]
    [InlineData("fa", "cli")]
    [InlineData("fb", "sti")]
    [InlineData("f4", "hlt")]
    [InlineData("ec", "in")]
    [InlineData("e680", "out")]
    [InlineData("f36c", "insb")]
    [InlineData("0f0117", "lgdt")]
    [InlineData("0f00d8", "ltr")]
    [InlineData("0f013f", "invlpg")]
    [InlineData("0f01d1", "xsetbv")]
    [InlineData("0f01d8", "vmrun")]
    [InlineData("0f01d9", "vmmcall")]
    [InlineData("0f01dc", "stgi")]
    [InlineData("0f01c2", "vmlaunch")]
    [InlineData("0f78c8", "vmread")]
    [InlineData("0f01c1", "vmcall")]
    [InlineData("48cf", "iretq")]
    [InlineData("48cb", "retf")]
    [InlineData("cd02", "int")]
    [InlineData("0f05", "syscall")]
    [InlineData("0f09", "wbinvd")]
    [InlineData("0f01f8", "swapgs")]
    [InlineData("66410f388038", "invept")]  // with REX.B: invept rdi, [r8]
    public void WhatIsRestrictedIsForTheAssemblyThatMay(string code, string word)
    {
        Finding finding = Assert.Single(Check(code, isManaged: true));
        Assert.Equal(Finding.Privileged, finding.Code);
        Assert.Single(Check(code, isManaged: true, new AssemblyRules([$"Foo {word}"])));
        Assert.Empty(Check(code, isManaged: false));
        Assert.Equal(Finding.Privileged, Assert.Single(Check(code, isManaged: false, new AssemblyRules([$"Bar {word}"]))).Code);
        Assert.Empty(Check(code, isManaged: false, new AssemblyRules([$"Foo nop {word}   # because"])));
    }

    [Fact]
    public void OneRoutineIsReportedOnceForOneThing() => Assert.Single(Check("fa fa fa", isManaged: true));

    [Fact]
    public void BytesThatAreNoInstructionFail()
    {
        Assert.Equal(Finding.NotCode, Assert.Single(Check("06", isManaged: true)).Code);
        Assert.Equal(Finding.NotCode, Assert.Single(Check("90 488b", isManaged: true)).Code);
    }

    [Fact]
    public void Code32IsReadAsSuch()
    {
        // In 32-bit code dec eax and a 5-byte mov; in 64-bit code one mov of 8 bytes, cut short.
        const string Code = "48 b800000000";
        Assert.Equal(Finding.NotCode, Assert.Single(Check(Code, isManaged: false)).Code);
        Assert.Empty(Check(Code, isManaged: false, new AssemblyRules(["Foo code32"])));
    }

    [Fact]
    public void ARuleThatNothingNeedsFails()
    {
        AssemblyRules rules = new(["Start cli hlt", "Gone sti"]);
        Finding[] findings = [.. GateRun.CodeX64(Sketch().Open(), Managed().Open(), rules, new HashSet<string>())];
        Assert.Equal(["hlt", "sti"], findings.Where(finding => finding.Code == Finding.UnusedRule).Select(finding => finding.Text.Split('\'')[1]));
        Assert.Equal(Finding.Privileged, Assert.Single(findings, finding => finding.Code != Finding.UnusedRule).Code);
        Assert.Contains("Second+0x0 (0x1008)", findings[0].Text);
    }

    [Fact]
    public void CodeUnderNoNameIsAssemblyWithoutRules()
    {
        // Behind the end of the C# function, before the next name.
        Finding[] findings = [.. GateRun.CodeX64(Sketch(gap: 0xfa).Open(), Managed().Open(), new AssemblyRules(["Start cli", "Second rdmsr"]), new HashSet<string>())];
        Assert.Contains("?+0x0", Assert.Single(findings).Text);
    }

    [Fact]
    public void AFileForAnotherMachineIsRefused()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, Sketch().Bytes());
            Assert.Equal(ElfMachine.X64, ElfFile.Open(path, ElfMachine.X64).Machine);
            Assert.Throws<BadElfException>(() => ElfFile.Open(path, ElfMachine.Arm64));
        }
        finally
        {
            File.Delete(path);
        }
    }

    // Start: cli, ret. Managed: ret. Second: rdmsr, ret.
    private static ElfSketch Sketch(byte gap = 0x90) => new ElfSketch
    {
        Machine = ElfMachine.X64,
        Words = [Word(0xfa, 0xc3, 0x90, 0x90), Word(0xc3, gap, 0x90, 0x90), Word(0x0f, 0x32, 0xc3, 0xcc)],
    }.Label("Start", 0).Function("Managed", 1, 0, 1).Label("Second", 2);

    private static ElfSketch Managed() => new ElfSketch { Machine = ElfMachine.X64 }.Function("Managed", 0, 1);

    private static uint Word(params byte[] bytes) => BitConverter.ToUInt32(bytes);
}
