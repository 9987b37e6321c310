using System;
using Bulkhead.X86.Svm;
using Bulkhead.X86.Vmx;
using Xunit;

namespace Bulkhead.HvCore.Tests.Vmx;

/// <summary>What an exit interrupted is delivered again, in a form that an entry takes, or its instruction is executed again.</summary>
public sealed class RedeliveryTests
{
    private const uint Valid = 1u << 31;

    /// <summary>SDM 3 27.2.4 against 26.2.1.3, over every type, vector and undefined bit.</summary>
    [Fact]
    public void Idt_vectoring_information_becomes_an_entrys()
    {
        var random = new Random(2);
        foreach (uint type in new uint[] { 0, 2, 3, 4, 5, 6 })
            for (uint vector = 0; vector < 256; vector++)
                foreach (bool hasCode in new[] { false, true })
                {
                    uint value = Valid | type << 8 | vector | (hasCode ? 1u << 11 : 0) | (random.Next(2) == 0 ? 1u << 12 : 0);
                    InterruptionInfo info = new(value);
                    Assert.True(info.IsValid);
                    Assert.Equal(vector, info.ToDeliver.Vector);
                    Assert.Equal(value & ~(1u << 12), info.ToDeliver.Value);
                    Assert.Equal(hasCode, info.HasErrorCode);
                    Assert.Equal(type == 2, info.IsNmi);
                    // Software interrupt, privileged software exception (INT1), software exception (INT3, INTO).
                    Assert.Equal(type >= 4, info.IsSoftware);
                }
        Assert.False(new InterruptionInfo(0x7fff_ffff).IsValid);
    }

    [Fact]
    public void New_events_are_what_an_entry_takes()
    {
        Assert.Equal(0x8000_0030u, InterruptionInfo.External(0x30).Value);
        Assert.Equal(0x8000_0202u, InterruptionInfo.Nmi.Value);
        Assert.Equal(0x8000_0306u, InterruptionInfo.Exception(6).Value);
        Assert.Equal(0x8000_0b0eu, InterruptionInfo.ExceptionWithCode(14).Value);
        Assert.Equal(0x1_8000_0b0eul, EventInjection.Exception(14, 1).Value);
        Assert.Equal(0x8000_0202ul, EventInjection.Nmi.Value);
    }

    /// <summary>
    /// AMD-V leaves RIP at INT n, INT3 and INTO: to deliver those again would return to the instruction, which would then
    /// happen twice. Hardware's events have no instruction that could repeat them.
    /// </summary>
    [Theory]
    [InlineData(0, 0x30, false)]    // external interrupt
    [InlineData(2, 2, false)]       // NMI
    [InlineData(3, 1, false)]       // #DB
    [InlineData(3, 3, true)]        // INT3
    [InlineData(3, 4, true)]        // INTO
    [InlineData(3, 13, false)]      // #GP
    [InlineData(3, 14, false)]      // #PF
    [InlineData(4, 0x80, true)]     // INT n
    [InlineData(0, 3, false)]       // vector 3 by an interrupt
    public void AMD_V_repeats_software_events(uint type, uint vector, bool repeats) =>
        Assert.Equal(repeats, new EventInjection(Valid | type << 8 | vector).IsSoftware);
}
