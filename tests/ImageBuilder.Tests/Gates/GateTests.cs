using Bulkhead.BuildGates;
using Xunit;
using GateRun = Bulkhead.BuildGates.Gates;

namespace Bulkhead.ImageBuilder.Tests.Gates;

/// <summary>Each gate passes what is right and can fail.</summary>
public sealed class GateTests
{
    private const uint Ret = 0xd65f03c0;

    private static readonly HashSet<string> _none = [];

    private static IReadOnlyList<Finding> Check(uint word, bool isManaged, IReadOnlySet<string>? allowed = null) =>
        [.. CodeGate.Check(new CodeRange("Foo", 0x1000, 0x1000, 0x1004, isManaged), BitConverter.GetBytes(word), allowed ?? _none)];

    [Theory]
    [InlineData(0x3dc00010)]    // ldr q16, [x0]
    [InlineData(0xad004410)]    // stp q16, q17, [x0]
    [InlineData(0x6f00e410)]    // movi v16.2d, #0
    [InlineData(0x9e660200)]    // fmov x0, d16
    [InlineData(0xf9400000)]    // ldr x0, [x0]
    [InlineData(0xd5033bbf)]    // dmb ish
    [InlineData(0xd503201f)]    // nop
    [InlineData(0xd503207f)]    // wfi
    [InlineData(0xd4200020)]    // brk #1
    [InlineData(0x00000000)]    // padding
    [InlineData(Ret)]
    public void WhatIsSavedOrHarmlessPasses(uint word) => Assert.Empty(Check(word, isManaged: true));

    [Theory]
    [InlineData(0x3dc00001, 1)]     // ldr q1, [x0]
    [InlineData(0xad000810, 2)]     // stp q16, q2, [x0]
    [InlineData(0x4e31860f, 15)]    // add v15.16b, v16.16b, v17.16b
    [InlineData(0x1e604200, 0)]     // fmov d0, d16
    [InlineData(0xfd40001f, 31)]    // ldr d31, [x0]
    [InlineData(0xbd400012, 18)]    // ldr s18, [x0]
    [InlineData(0x7d400013, 19)]    // ldr h19, [x0]
    [InlineData(0x3d400014, 20)]    // ldr b20, [x0]
    [InlineData(0x4c407009, 9)]     // ld1 {v9.16b}, [x0]
    public void AnyOtherSimdRegisterFails(uint word, int register)
    {
        Finding finding = Assert.Single(Check(word, isManaged: true));
        Assert.Equal(Finding.Simd, finding.Code);
        Assert.Contains($"uses v{register};", finding.Text);
        Assert.Contains("Foo+0x0 (0x1000)", finding.Text);
        Assert.Single(Check(word, isManaged: false));
    }

    [Fact]
    public void AssemblyMayTouchSimdByName()
    {
        Assert.Empty(Check(0x3dc00001, isManaged: false, new HashSet<string> { "Foo" }));
        Assert.Single(Check(0x3dc00001, isManaged: true, new HashSet<string> { "Foo" }));
    }

    [Theory]
    [InlineData(0x04bf5020)]        // rdvl x0, #1
    [InlineData(0x25d8e3e0)]        // ptrue p0.d
    [InlineData(0x85804000)]        // ldr z0, [x0]: bit 31 set, op0 0010
    [InlineData(0xc0080000)]        // SME: zero za
    public void SveAndSmeFail(uint word)
    {
        Assert.Equal(Finding.Scalable, Assert.Single(Check(word, isManaged: false)).Code);
        Assert.Equal(Finding.Scalable, Assert.Single(Check(word, isManaged: true)).Code);
    }

    [Theory]
    [InlineData(0xd53bd040)]        // mrs x0, tpidr_el0
    [InlineData(0xd51be041)]        // msr cntp_cval_el0 or kin
    [InlineData(0xd50342df)]        // msr daifset, #2
    [InlineData(0xd508871f)]        // tlbi vmalle1
    [InlineData(0xd69f03e0)]        // eret
    [InlineData(0xd4000001)]        // svc #0
    [InlineData(0xd4000002)]        // hvc #0
    [InlineData(0xd4000003)]        // smc #0
    public void SystemInstructionsAreForAssemblyOnly(uint word)
    {
        Assert.Equal(Finding.Privileged, Assert.Single(Check(word, isManaged: true)).Code);
        Assert.Empty(Check(word, isManaged: false));
    }

    [Fact]
    public void ASimdInstructionNobodyCanReadFails() =>
        Assert.Equal(Finding.NotCode, Assert.Single(Check(0x0e00_fc00 | 1u << 29, isManaged: true)).Code);

    [Fact]
    public void StaticConstructorsFail()
    {
        Assert.Empty(GateRun.StaticConstructors(new ElfSketch().Label("__type_to_cctorContext_map", 0).Open()));
        Assert.Single(GateRun.StaticConstructors(new ElfSketch().Function("Board___cctor", 0, 1).Open()));
        Assert.Single(GateRun.StaticConstructors(new ElfSketch().Label("__EagerCctor", 0).Open()));
    }

    [Fact]
    public void UnlistedUndefinedSymbolsFail()
    {
        AllowedSymbols allowed = new(["# ours", "memmove  # blocks", "Read_*", ""]);
        ElfFile ilc = new ElfSketch().Undefined("memmove").Undefined("Read_CNTPCT_EL0").Undefined("RhpNewFast").Open();
        Finding finding = Assert.Single(GateRun.Undefined(ilc, allowed, "/x/allowed.txt"));
        Assert.Equal(Finding.Undefined, finding.Code);
        Assert.StartsWith("BuildGates : error BHG002: RhpNewFast: ", finding.ToString());
    }

    [Theory]
    [InlineData(5u, 0)]
    [InlineData(6u, 0)]
    [InlineData(7u, 1)]
    public void WritableCodeFails(uint flags, int findings) =>
        Assert.Equal(findings, GateRun.WritableCode(new ElfSketch { Flags = flags }.Open()).Count());

    [Fact]
    public void LiteralsBesideCodeAreNotCode()
    {
        const uint Hvc = 0xd4000002, LdrQ1 = 0x3dc00001;
        ElfSketch sketch = new ElfSketch { Words = [Hvc, Ret, LdrQ1, Ret, Hvc, Ret, LdrQ1] }
            .Label("$x", 0).Label("Start", 0).Label("$d.1", 2).Label("$x.2", 3).Function("Managed", 4, 2).Label("Constant", 6);
        ElfFile elf = sketch.Open();
        Finding finding = Assert.Single(GateRun.Code(elf, new ElfSketch().Function("Managed", 0, 1).Open(), _none));
        Assert.Equal(Finding.Privileged, finding.Code);
        Assert.Contains("Managed+0x0 (0x1010)", finding.Text);
    }

    [Fact]
    public void AssemblyIsReportedUnderItsOwnLabel()
    {
        ElfSketch sketch = new ElfSketch { Words = [Ret, Ret, 0x3dc00001, Ret] }.Label("$x", 0).Label("First", 0).Label("Second", 1).Function("Managed", 3, 1);
        Finding finding = Assert.Single(GateRun.Code(sketch.Open(), new ElfSketch().Function("Managed", 0, 1).Open(), _none));
        Assert.Contains("Second+0x4 (0x1008)", finding.Text);
    }

    [Fact]
    public void AStrippedFileFails() =>
        Assert.Equal(Finding.NotCode, Assert.Single(GateRun.Code(new ElfSketch().Open(), new ElfSketch().Function("Managed", 0, 1).Open(), _none)).Code);

    [Fact]
    public void ADamagedFileIsRefused()
    {
        byte[] whole = new ElfSketch().Function("Foo", 0, 1).Bytes();
        for (int length = 0; length < whole.Length; length++)
            Assert.Throws<BadElfException>(() => new ElfFile(whole[..length], "cut"));
    }
}
