using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.Intrinsics.X86;
using Bulkhead.X86.Policy;
using Xunit;

namespace Bulkhead.Tests.Policy;

public sealed class CpuidTests
{
    /// <summary>A CPU that has everything there is, and some that there is not yet.</summary>
    private readonly struct Everything : ICpuid
    {
        public static CpuidRegisters Read(uint leaf, uint subleaf) => (leaf, subleaf) switch
        {
            (0, _) => Make(0x20, 0x756e6547, 0x6c65746e, 0x49656e69),
            (0x80000000, _) => Make(0x80000026, 0, 0, 0),
            // XCR0 with everything; components of 64 bytes at 64 * number behind the AVX state.
            (0xd, >= 2) => subleaf == 9 ? Make(8, 2688, 2, 0) : subleaf >= 5 ? Make(512, 1024 + 512 * (subleaf - 5), subleaf == 5 ? 2u : 0, 0)
                : Make(subleaf == 2 ? 256u : 64, subleaf == 2 ? 576u : 960, 0, 0),
            (4, 3) or (4, > 3) => default,
            (4, _) => Make(0xfc1fc121 | (subleaf + 1) << 5, 0x1c0003f, 0x3ff, 0),
            _ => Make(uint.MaxValue, uint.MaxValue, uint.MaxValue, uint.MaxValue),
        };
    }

    private readonly struct Amd : ICpuid
    {
        public static CpuidRegisters Read(uint leaf, uint subleaf) =>
            leaf == 0 ? Make(0x10, 0x68747541, 0x444d4163, 0x69746e65) : Everything.Read(leaf, subleaf);
    }

    private readonly struct Nothing : ICpuid
    {
        public static CpuidRegisters Read(uint leaf, uint subleaf) => leaf is 0x80000000 ? Make(0x80000000, 0, 0, 0) : leaf == 0 ? Make(1, 1, 2, 3) : default;
    }

    /// <summary>Bochs 2.7's: PKRU in XCR0, and no word of where XSAVE puts it.</summary>
    private readonly struct Unplaced : ICpuid
    {
        public static CpuidRegisters Read(uint leaf, uint subleaf) => (leaf, subleaf) is (0xd, 9) ? default : Everything.Read(leaf, subleaf);
    }

    /// <summary>The CPU that runs the tests.</summary>
    private readonly struct Here : ICpuid
    {
        public static CpuidRegisters Read(uint leaf, uint subleaf)
        {
            (int eax, int ebx, int ecx, int edx) = X86Base.CpuId((int)leaf, (int)subleaf);
            return Make((uint)eax, (uint)ebx, (uint)ecx, (uint)edx);
        }
    }

    private static CpuidRegisters Make(uint eax, uint ebx, uint ecx, uint edx) => new() { Eax = eax, Ebx = ebx, Ecx = ecx, Edx = edx };

    private static GuestCpuid Compose<TCpuid>(uint index = 0, uint count = 1, ulong hertz = 2_400_000_000) where TCpuid : struct, ICpuid
    {
        GuestCpuid guest = default;
        guest.Compose<TCpuid>(new() { Index = index, VcpuCount = count, TscHz = hertz });
        return guest;
    }

    private static CpuidRegisters Ask(ref GuestCpuid guest, uint leaf, uint subleaf = 0, ulong cr4 = 0, ulong xcr0 = 1) =>
        GuestCpuid.IsSpecial(leaf) ? guest.FindSpecial(leaf, subleaf, cr4, xcr0) : guest.Find(leaf);

    [Fact]
    public void What_needs_a_hypervisor_that_is_not_there_is_hidden()
    {
        GuestCpuid guest = Compose<Everything>();
        Assert.Equal(CpuidPolicy.LastBasic, Ask(ref guest, 0).Eax);
        Assert.Equal(CpuidPolicy.LastExtended, Ask(ref guest, 0x80000000).Eax);
        // MONITOR, VMX, SMX, PDCM; MCE, MCA, MTRR, DS.
        Assert.Equal(0u, Ask(ref guest, 1).Ecx & (1 << 3 | 1 << 5 | 1 << 6 | 1 << 15));
        Assert.Equal(0u, Ask(ref guest, 1).Edx & (1 << 7 | 1 << 12 | 1 << 14 | 1 << 21));
        // TSC_ADJUST, SGX, MPX, PT; WAITPKG, CET, LA57; AMX, HYBRID.
        Assert.Equal(0u, Ask(ref guest, 7).Ebx & (1 << 1 | 1 << 2 | 1 << 14 | 1 << 25));
        Assert.Equal(0u, Ask(ref guest, 7).Ecx & (1 << 5 | 1 << 7 | 1 << 16));
        Assert.Equal(0u, Ask(ref guest, 7).Edx & (1 << 15 | 1 << 22 | 1 << 24 | 1 << 25));
        // SVM, and every leaf that is nobody's.
        Assert.Equal(0u, Ask(ref guest, 0x80000001).Ecx & (1 << 2 | 1 << 22));
        uint[] hidden = [3, 5, 8, 9, 0xa, 0xc, 0xe, 0xf, 0x10, 0x12, 0x13, 0x14, 0x17, 0x18, 0x1f, 0x3f, 0x40, 0x40000002,
            0x400000ff, 0x80000009, 0x8000000a, 0x8000001b, 0x8000001d, 0x8000001e, 0x8000001f, 0x80000022, 0x8fffffff,
            0xc0000000, 0x0ffffff0, 0xffffffff];
        foreach (uint leaf in hidden)
        {
            foreach (uint subleaf in new[] { 0u, 1u, 7u })
                Assert.Equal(default, Ask(ref guest, leaf, subleaf));
        }
        // Supervisor state and XFD.
        Assert.Equal(7u, Ask(ref guest, 0xd, 1).Eax);
        Assert.Equal(0xe7u | 1 << 9, Ask(ref guest, 0xd).Eax);
    }

    [Fact]
    public void State_that_XSAVE_has_no_place_for_is_hidden()
    {
        GuestCpuid guest = Compose<Unplaced>(), whole = Compose<Everything>();
        Assert.Equal(0xe7u, Ask(ref guest, 0xd).Eax);
        Assert.Equal(0xe7ul, guest.SupportedXcr0);
        Assert.Equal(0u, Ask(ref guest, 7).Ecx & CpuidPolicy.Pku);
        Assert.Equal(CpuidPolicy.Pku, Ask(ref whole, 7).Ecx & CpuidPolicy.Pku);
        Assert.False(XcrPolicy.IsValid(0x2e7, XcrPolicy.Find<Unplaced>()));
        Assert.True(XcrPolicy.IsValid(0x2e7, XcrPolicy.Find<Everything>()));
    }

    // But for what is faked, no bit is set that the board has not.
    [Fact]
    public void Nothing_is_made_up()
    {
        GuestCpuid guest = Compose<Nothing>();
        Assert.Equal(CpuidPolicy.X2Apic | CpuidPolicy.TscDeadline | CpuidPolicy.HypervisorPresent, Ask(ref guest, 1).Ecx);
        Assert.Equal(CpuidPolicy.Apic, Ask(ref guest, 1).Edx);
        Assert.Equal(default, Ask(ref guest, 7));
        Assert.Equal(default, Ask(ref guest, 0xd));
        Assert.Equal(default, Ask(ref guest, 0xd, 1));
        Assert.Equal(0ul, guest.SupportedXcr0);
        Assert.Equal(default, Ask(ref guest, 0x80000001));
        Assert.Equal(0u, Ask(ref guest, 0x40000001).Eax & CpuidPolicy.KvmStableClock);
    }

    [Fact]
    public void Registers_of_the_guest_are_mirrored()
    {
        GuestCpuid guest = Compose<Everything>();
        Assert.Equal(0u, Ask(ref guest, 1).Ecx & CpuidPolicy.OsXsave);
        Assert.Equal(CpuidPolicy.OsXsave, Ask(ref guest, 1, cr4: 1 << 18).Ecx & CpuidPolicy.OsXsave);
        Assert.Equal(0u, Ask(ref guest, 1).Ecx & CpuidPolicy.OsXsave);
        Assert.Equal(CpuidPolicy.OsPke, Ask(ref guest, 7, cr4: 1 << 22).Ecx & CpuidPolicy.OsPke);
        Assert.Equal(0u, Ask(ref guest, 7).Ecx & CpuidPolicy.OsPke);
        guest.SetApicEnabled(false);
        Assert.Equal(0u, Ask(ref guest, 1).Edx & CpuidPolicy.Apic);
        guest.SetApicEnabled(true);
        Assert.Equal(CpuidPolicy.Apic, Ask(ref guest, 1).Edx & CpuidPolicy.Apic);
    }

    [Theory]
    [InlineData(1ul, 576u, 576u)]
    [InlineData(3ul, 576u, 576u)]
    [InlineData(7ul, 832u, 832u)]
    // AVX-512's three behind AVX, the first on 64 bytes.
    [InlineData(0xe7ul, 2560u, 832u + 3 * 512)]
    [InlineData(0x207ul, 2696u, 840u)]
    public void Save_areas_follow_XCR0(ulong xcr0, uint standard, uint compacted)
    {
        GuestCpuid guest = Compose<Everything>();
        Assert.Equal(standard, Ask(ref guest, 0xd, xcr0: xcr0).Ebx);
        Assert.Equal(2696u, Ask(ref guest, 0xd, xcr0: xcr0).Ecx);
        Assert.Equal(compacted, Ask(ref guest, 0xd, 1, xcr0: xcr0).Ebx);
        Assert.Equal(default, Ask(ref guest, 0xd, 3));
        Assert.Equal(default, Ask(ref guest, 0xd, 63));
    }

    [Fact]
    public void Save_areas_are_this_machines()
    {
        GuestCpuid guest = Compose<Here>();
        if (guest.SupportedXcr0 == 0)
            return;
        foreach (uint component in Enumerable.Range(2, 8).Select(i => (uint)i).Where(i => (guest.SupportedXcr0 >> (int)i & 1) != 0))
        {
            CpuidRegisters here = Here.Read(0xd, component);
            Assert.Equal(here.Eax, Ask(ref guest, 0xd, component).Eax);
            Assert.Equal(here.Ebx, Ask(ref guest, 0xd, component).Ebx);
        }
        Assert.Equal(Here.Read(0, 0).Ebx, Ask(ref guest, 0).Ebx);
        Assert.Equal(Here.Read(0x80000002, 0), Ask(ref guest, 0x80000002));
        // Every answer but the faked is this CPU's, with bits less.
        foreach (uint leaf in new uint[] { 7, 0x80000001, 0x80000007, 0x80000021 })
        {
            CpuidRegisters here = Here.Read(leaf, 0), shown = Ask(ref guest, leaf);
            Assert.Equal(0u, shown.Ebx & ~here.Ebx | shown.Ecx & ~here.Ecx | shown.Edx & ~here.Edx & ~CpuidPolicy.Apic);
        }
    }

    [Theory]
    [InlineData(1u, 0u, 0u)]
    [InlineData(2u, 1u, 1u)]
    [InlineData(3u, 2u, 2u)]
    [InlineData(4u, 3u, 2u)]
    [InlineData(8u, 5u, 3u)]
    public void Topology_says_cores_of_one_package(uint count, uint index, uint bits)
    {
        GuestCpuid guest = Compose<Everything>(index, count);
        Assert.Equal(index, Ask(ref guest, 1).Ebx >> 24);
        Assert.Equal(1u << (int)bits, Ask(ref guest, 1).Ebx >> 16 & 0xff);
        Assert.Equal(count > 1, (Ask(ref guest, 1).Edx & CpuidPolicy.MultiThreading) != 0);
        Assert.Equal(Make(0, 1, 1 << 8, index), Ask(ref guest, 0xb));
        Assert.Equal(Make(bits, count, 2 << 8 | 1, index), Ask(ref guest, 0xb, 1));
        Assert.Equal(Make(0, 0, 2, index), Ask(ref guest, 0xb, 2));
        Assert.Equal(0u, Ask(ref guest, 0x80000008).Ecx);
        GuestCpuid amd = Compose<Amd>(index, count);
        Assert.Equal(bits << 12 | count - 1, Ask(ref amd, 0x80000008).Ecx);
        // What was made up for the topology is nowhere else.
        Assert.Equal(default, Ask(ref guest, 9));
    }

    [Fact]
    public void Frequency_is_the_TSCs()
    {
        GuestCpuid guest = Compose<Everything>(hertz: 2_400_000_000);
        Assert.Equal(Make(1, 1, 2_400_000_000, 0), Ask(ref guest, 0x15));
        Assert.Equal(2400u, Ask(ref guest, 0x16).Eax);
        // Too fast for a crystal in 32 bits: not told, rather than told wrong.
        guest = Compose<Everything>(hertz: 5_000_000_000);
        Assert.Equal(default, Ask(ref guest, 0x15));
        Assert.Equal(5000u, Ask(ref guest, 0x16).Eax);
    }

    [Fact]
    public void Kernels_find_of_KVM_what_is_here_and_nothing_else()
    {
        GuestCpuid guest = Compose<Everything>();
        CpuidRegisters signature = Ask(ref guest, 0x40000000);
        byte[] text = [.. BitConverter.GetBytes(signature.Ebx), .. BitConverter.GetBytes(signature.Ecx), .. BitConverter.GetBytes(signature.Edx)];
        Assert.Equal("KVMKVMKVM\0\0\0"u8.ToArray(), text);
        Assert.Equal(0x40000001u, signature.Eax);
        Assert.Equal(Make(1 << 1 | 1 << 3 | 1 << 12 | 1 << 24, 0, 0, 1), Ask(ref guest, 0x40000001));
    }

    [Fact]
    public void Every_leaf_and_subleaf_is_answered()
    {
        GuestCpuid guest = Compose<Everything>(7, 8);
        Dictionary<(uint, uint), CpuidRegisters> first = [];
        foreach (uint group in new[] { 0u, 0x40000000u, 0x80000000u, 0xc0000000u })
        {
            for (uint leaf = 0; leaf < 300; leaf++)
            {
                for (uint subleaf = 0; subleaf < 70; subleaf++)
                    first[(group + leaf, subleaf)] = Ask(ref guest, group + leaf, subleaf);
            }
        }
        // Order does not matter: no answer leaves a trace in another.
        foreach (((uint leaf, uint subleaf), CpuidRegisters expected) in first.Reverse())
            Assert.Equal(expected, Ask(ref guest, leaf, subleaf));
    }

    [Theory]
    [InlineData(1ul, true)]
    [InlineData(0ul, false)]
    [InlineData(2ul, false)]
    [InlineData(5ul, false)]
    [InlineData(7ul, true)]
    [InlineData(0xe7ul, true)]
    [InlineData(0x67ul, false)]
    [InlineData(0xe3ul, false)]
    [InlineData(0x2e7ul, true)]
    [InlineData(0x1ful, false)]
    [InlineData(0x60007ul, false)]
    public void XCR0_takes_what_hangs_together(ulong value, bool valid)
    {
        Assert.Equal(valid, XcrPolicy.IsValid(value, XcrPolicy.Kept));
        Assert.False(XcrPolicy.IsValid(value | 0x200, 7));
    }
}
