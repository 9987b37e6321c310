using System;
using System.Collections.Generic;
using System.Text;
using Bulkhead.X86.Vmx;
using Xunit;

namespace Bulkhead.HvCore.Tests.Vmx;

public sealed class ControlSetTests
{
    // IA32_VMX_TRUE_* of a Skylake-X: what may be set above, what must be set below.
    private const ulong Pin = 0x0000_00ff_0000_0016, Processor = 0xfff9_fffe_0400_6172, Secondary = 0x05d1_ffff_0000_0000;
    private const ulong Exit = 0x01ff_ffff_0003_6dfb, Entry = 0x0003_ffff_0000_11fb;

    [Fact]
    public void A_CPU_that_has_everything_is_taken()
    {
        Assert.Equal("", Choose(Capabilities(), out ControlSet set));
        Assert.True(set.HasPreemptionTimer);
        Assert.True(set.Pin.HasFlag(PinControls.VirtualNmis));
        Assert.False(set.Pin.HasFlag(PinControls.PreemptionTimer));
        Assert.False(set.Exit.HasFlag(ExitControls.SavePreemptionTimer));
        Assert.True(set.ExitWithTimer.HasFlag(ExitControls.SavePreemptionTimer));
        Assert.True(set.Secondary.HasFlag(SecondaryControls.Ept | SecondaryControls.Vpid | SecondaryControls.UnrestrictedGuest | SecondaryControls.Invpcid));
        Assert.Equal(0u, (uint)set.Processor & (1u << 7 | 1u << 9 | 1u << 12 | 1u << 15 | 1u << 16));       // HLT, INVLPG, RDTSC, CR3
    }

    /// <summary>The rule of SDM 3 A.3 for every word that is written, whatever the CPU.</summary>
    [Fact]
    public void What_is_chosen_the_CPU_takes()
    {
        var random = new Random(1);
        int taken = 0;
        for (int i = 0; i < 200_000; i++)
        {
            ulong pin = Vary(random, Pin), processor = Vary(random, Processor), secondary = Vary(random, Secondary);
            ulong exit = Vary(random, Exit), entry = Vary(random, Entry);
            if (Choose(Capabilities(pin, processor, secondary, exit, entry), out ControlSet set) != "")
                continue;
            taken++;
            Valid(pin, (uint)set.Pin);
            Valid(processor, (uint)set.Processor);
            Valid(secondary, (uint)set.Secondary);
            Valid(exit, (uint)set.Exit);
            Valid(exit, (uint)set.ExitWithTimer);
            Valid(entry, (uint)set.Entry);
            Assert.Equal((pin >> 32 & (uint)PinControls.PreemptionTimer) != 0, set.HasPreemptionTimer);
        }
        Assert.InRange(taken, 1000, 190_000);
    }

    public static IEnumerable<object[]> NeededBits() =>
    [
        [0, 0, "exits on external interrupts"], [0, 3, "exits on NMIs"],
        [1, 3, "TSC offsetting"], [1, 10, "MWAIT"], [1, 11, "RDPMC"], [1, 21, "TPR shadow"], [1, 25, "I/O bitmaps"], [1, 28, "MSR bitmaps"],
        [1, 29, "MONITOR"], [1, 31, "secondary controls"],
        [2, 1, "EPT is"], [2, 5, "VPID"], [2, 7, "unrestricted guest"],
        [3, 2, "debug controls at an exit"], [3, 9, "64-bit host"], [3, 15, "acknowledging"], [3, 18, "PAT at an exit"], [3, 19, "PAT at an exit"],
        [3, 20, "EFER at an exit"], [3, 21, "EFER at an exit"],
        [4, 2, "debug controls at an entry"], [4, 14, "PAT at an entry"], [4, 15, "EFER at an entry"],
    ];

    [Theory]
    [MemberData(nameof(NeededBits))]
    public void What_is_missing_is_named(int msr, int bit, string reason)
    {
        ulong[] values = [Pin, Processor, Secondary, Exit, Entry];
        values[msr] &= ~(1ul << bit + 32);
        Assert.Contains(reason, Choose(Capabilities(values[0], values[1], values[2], values[3], values[4]), out _));
    }

    [Theory]
    [InlineData(0, 5)]      // virtual NMIs
    [InlineData(0, 6)]      // preemption timer
    [InlineData(2, 3)]      // RDTSCP
    [InlineData(2, 6)]      // WBINVD exiting
    [InlineData(2, 12)]     // INVPCID
    public void What_is_only_wanted_may_be_missing(int msr, int bit)
    {
        ulong[] values = [Pin, Processor, Secondary, Exit, Entry];
        values[msr] &= ~(1ul << bit + 32);
        Assert.Equal("", Choose(Capabilities(values[0], values[1], values[2], values[3], values[4]), out ControlSet set));
        Assert.Equal(0u, (msr == 0 ? (uint)set.Pin : (uint)set.Secondary) >> bit & 1);
    }

    /// <summary>Without TRUE capability MSRs a CPU exits on CR3 accesses, which nobody here answers.</summary>
    [Theory]
    [InlineData(1, 15)]     // CR3 loads
    [InlineData(1, 7)]      // HLT
    [InlineData(2, 0)]      // virtualise APIC accesses
    [InlineData(4, 9)]      // a 64-bit guest, always
    public void What_the_CPU_insists_on_and_nobody_handles_is_refused(int msr, int bit)
    {
        ulong[] values = [Pin, Processor, Secondary, Exit, Entry];
        values[msr] |= 1ul << bit;
        Assert.Contains("insists", Choose(Capabilities(values[0], values[1], values[2], values[3], values[4]), out _));
    }

    private static ulong Vary(Random random, ulong capability)
    {
        if (random.Next(4) != 0)
            return capability;
        ulong bit = 1ul << random.Next(32);
        // What must be set may be set.
        return random.Next(2) == 0 ? capability | bit | bit << 32 : (capability & bit) != 0 ? capability : capability & ~(bit << 32);
    }

    private static void Valid(ulong capability, uint controls)
    {
        Assert.Equal((uint)capability, controls & (uint)capability);
        Assert.Equal(0u, controls & ~(uint)(capability >> 32));
    }

    private static VmxCapabilities Capabilities(
        ulong pin = Pin, ulong processor = Processor, ulong secondary = Secondary, ulong exit = Exit, ulong entry = Entry) =>
        new() { Pin = new(pin), Processor = new(processor), Secondary = new(secondary), Exit = new(exit), Entry = new(entry) };

    private static string Choose(in VmxCapabilities cpu, out ControlSet set) => Encoding.ASCII.GetString(ControlSet.Choose(cpu, out set));
}
