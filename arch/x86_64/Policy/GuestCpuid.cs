using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Bulkhead.X86.Policy;

/// <summary>
/// A vCPU's CPUID, composed once by <see cref="CpuidPolicy"/> so that an exit only looks it up. Three runs of 64 leaves,
/// basic, hypervisor's and extended; what has subleaves or follows the guest's registers goes a longer way.
/// </summary>
public struct GuestCpuid
{
    private const uint Run = 64;
    private const uint ExtendedRun = 2 * Run;
    // Behind the runs: zeros, and room for an answer that is made up on the way.
    private const uint Zero = 3 * Run;
    private const uint Scratch = Zero + 1;
    private const int MaxSubleaves = 24;

    // 1, 4, 7, Bh, Dh.
    private const uint Special = 1u << 1 | 1u << 4 | 1u << 7 | 1u << 0xb | 1u << 0xd;

    private const ulong Cr4OsXsave = 1 << 18, Cr4Pke = 1 << 22;

    // 576 bytes: the legacy area and the header (SDM vol 1, 13.4).
    private const uint XsaveBase = 576;

    private Leaves _leaf;
    private Subleaves _subleaf;
    private int _subleafCount;
    private ulong _xcr0;

    [InlineArray((int)Scratch + 1)]
    private struct Leaves
    {
        private CpuidRegisters _first;

        [UnscopedRef, MethodImpl(MethodImplOptions.AggressiveInlining)]
        public ref CpuidRegisters At(uint slot) => ref Unsafe.Add(ref _first, (nuint)slot);
    }

    private struct Subleaf
    {
        public uint Leaf, Number;
        public CpuidRegisters Registers;
    }

    [InlineArray(MaxSubleaves)]
    private struct Subleaves
    {
        private Subleaf _first;

        [UnscopedRef]
        public ref Subleaf At(int index) => ref Unsafe.Add(ref _first, index);
    }

    /// <summary>What XCR0 may hold; 0 where the board has no XSAVE.</summary>
    public readonly ulong SupportedXcr0 => _xcr0;

    /// <summary>Whether a leaf is <see cref="FindSpecial"/>'s.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSpecial(uint leaf) => leaf < 32 && (Special >> (int)leaf & 1) != 0;

    /// <summary>The exit: what the guest's CPUID reads of a leaf that is always the same.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining), UnscopedRef]
    public ref readonly CpuidRegisters Find(uint leaf)
    {
        uint index = leaf & 0x3fff_ffff;
        uint run = leaf >> 30;
        return ref _leaf.At(index < Run && run < 3 ? run * Run + index : Zero);
    }

    /// <summary>CPUID.1:EDX[9], when the guest has turned its local APIC off or on (SDM vol 3, 11.4.3).</summary>
    public void SetApicEnabled(bool enabled)
    {
        uint bit = enabled ? CpuidPolicy.Apic : 0;
        _leaf.At(1).Edx = _leaf.At(1).Edx & ~CpuidPolicy.Apic | bit;
        ref uint repeated = ref _leaf.At(ExtendedRun + 1).Edx;
        // AMD repeats it, Intel has none of these bits.
        if ((repeated & 1) != 0)
            repeated = repeated & ~CpuidPolicy.Apic | bit;
    }

    /// <summary>The exit: a leaf that has subleaves or follows the guest's registers.</summary>
    /// <param name="leaf">One that <see cref="IsSpecial"/>.</param>
    /// <param name="subleaf">The guest's ECX.</param>
    /// <param name="cr4">The guest's CR4.</param>
    /// <param name="xcr0">The guest's XCR0.</param>
    [MethodImpl(MethodImplOptions.NoInlining), UnscopedRef]
    public ref readonly CpuidRegisters FindSpecial(uint leaf, uint subleaf, ulong cr4, ulong xcr0)
    {
        ref CpuidRegisters found = ref _leaf.At(leaf);
        if (leaf == 1)
        {
            found.Ecx = found.Ecx & ~CpuidPolicy.OsXsave | ((cr4 & Cr4OsXsave) != 0 ? CpuidPolicy.OsXsave : 0);
            return ref found;
        }
        if (subleaf != 0)
        {
            found = ref FindSubleaf(leaf, subleaf);
            if (leaf == 0xd && subleaf == 1 && _xcr0 != 0)
                found.Ebx = CompactedSize(xcr0);
            return ref found;
        }
        if (leaf == 7)
            found.Ecx = found.Ecx & ~CpuidPolicy.OsPke | ((cr4 & Cr4Pke) != 0 ? CpuidPolicy.OsPke : 0);
        else if (leaf == 0xd && _xcr0 != 0)
            found.Ebx = StandardSize(xcr0);
        return ref found;
    }

    [UnscopedRef]
    private ref CpuidRegisters FindSubleaf(uint leaf, uint number)
    {
        for (int i = 0; i < _subleafCount; i++)
        {
            ref Subleaf found = ref _subleaf.At(i);
            if (found.Leaf == leaf && found.Number == number)
                return ref found.Registers;
        }
        ref CpuidRegisters nothing = ref _leaf.At(Scratch);
        nothing = default;
        // An undefined level of topology still says its number and whose it is (SDM vol 2, CPUID 0Bh).
        if (leaf == 0xb)
        {
            nothing.Ecx = number & 0xff;
            nothing.Edx = _leaf.At(0xb).Edx;
        }
        return ref nothing;
    }

    // SDM vol 1, 13.4.3: each component at its own offset.
    private uint StandardSize(ulong xcr0)
    {
        uint size = XsaveBase;
        for (uint i = 2; i < XcrPolicy.Components; i++)
        {
            if ((xcr0 >> (int)i & 1) == 0)
                continue;
            ref CpuidRegisters component = ref FindSubleaf(0xd, i);
            size = System.Math.Max(size, component.Eax + component.Ebx);
        }
        return size;
    }

    // 13.4.3: one behind the other, on 64 bytes where ECX[1] says so.
    private uint CompactedSize(ulong xcr0)
    {
        uint size = XsaveBase;
        for (uint i = 2; i < XcrPolicy.Components; i++)
        {
            if ((xcr0 >> (int)i & 1) == 0)
                continue;
            ref CpuidRegisters component = ref FindSubleaf(0xd, i);
            if ((component.Ecx & 2) != 0)
                size = size + 63 & ~63u;
            size += component.Eax;
        }
        return size;
    }

    /// <summary>Composes the table, on a CPU of the board.</summary>
    public void Compose<TCpuid>(CpuidFacts facts) where TCpuid : struct, ICpuid
    {
        this = default;
        CpuidRegisters host = TCpuid.Read(0, 0);
        facts.IsIntel = host.Ebx == CpuidPolicy.IntelEbx;
        uint hostBasic = host.Eax;
        uint hostExtended = TCpuid.Read(CpuidPolicy.Extended, 0).Eax;
        host.Eax = CpuidPolicy.LastBasic;
        _leaf.At(0) = host;
        ComposeLeaf1<TCpuid>(in facts);
        if (hostBasic >= 4 && hostExtended < 0x8000_001d)
            ComposeCaches<TCpuid>(in facts);
        if (hostBasic >= 2)
            _leaf.At(2) = TCpuid.Read(2, 0);
        _leaf.At(6).Eax = CpuidPolicy.Leaf6Eax;
        if (hostBasic >= 7)
            ComposeLeaf7<TCpuid>();
        ComposeTopology(in facts);
        _xcr0 = XcrPolicy.Find<TCpuid>();
        if (_xcr0 != 0)
            ComposeXsave<TCpuid>();
        if ((_xcr0 & XcrPolicy.Pkru) == 0)
            _leaf.At(7).Ecx &= ~CpuidPolicy.Pku;
        ComposeFrequency(facts.TscHz);
        ComposeExtended<TCpuid>(hostExtended, in facts);
        ComposeHypervisor();
    }

    private void ComposeLeaf1<TCpuid>(in CpuidFacts facts) where TCpuid : struct, ICpuid
    {
        CpuidRegisters host = TCpuid.Read(1, 0);
        ref CpuidRegisters leaf = ref _leaf.At(1);
        leaf.Eax = host.Eax;
        // CLFLUSH line; ids the package has room for; the initial APIC id.
        leaf.Ebx = host.Ebx & 0xff00 | 1u << IdBits(facts.VcpuCount) + 16 | facts.Index << 24;
        leaf.Ecx = host.Ecx & CpuidPolicy.Leaf1Ecx | CpuidPolicy.X2Apic | CpuidPolicy.TscDeadline | CpuidPolicy.HypervisorPresent;
        leaf.Edx = host.Edx & CpuidPolicy.Leaf1Edx | CpuidPolicy.Apic | (facts.VcpuCount > 1 ? CpuidPolicy.MultiThreading : 0);
    }

    // Bits of an APIC id below the package.
    private static int IdBits(uint vcpuCount) => vcpuCount == 1 ? 0 : System.Numerics.BitOperations.Log2(vcpuCount - 1) + 1;

    // Leaf 4: the board's caches; the last level is all vCPUs', the others are each one's own.
    private void ComposeCaches<TCpuid>(in CpuidFacts facts) where TCpuid : struct, ICpuid
    {
        uint ids = (1u << IdBits(facts.VcpuCount)) - 1;
        for (uint number = 0; number < 5; number++)
        {
            CpuidRegisters cache = TCpuid.Read(4, number);
            if ((cache.Eax & 31) == 0)
                return;
            bool shared = (cache.Eax >> 5 & 7) >= 3;
            cache.Eax = cache.Eax & 0x3fff | (shared ? ids << 14 : 0) | ids << 26;
            Add(4, number, in cache);
        }
    }

    private void ComposeLeaf7<TCpuid>() where TCpuid : struct, ICpuid
    {
        CpuidRegisters host = TCpuid.Read(7, 0);
        ref CpuidRegisters leaf = ref _leaf.At(7);
        leaf.Ebx = host.Ebx & CpuidPolicy.Leaf7Ebx;
        leaf.Ecx = host.Ecx & CpuidPolicy.Leaf7Ecx;
        leaf.Edx = host.Edx & CpuidPolicy.Leaf7Edx;
        if (host.Eax == 0)
            return;
        leaf.Eax = 1;
        CpuidRegisters more = default;
        more.Eax = TCpuid.Read(7, 1).Eax & CpuidPolicy.Leaf7Sub1Eax;
        Add(7, 1, in more);
    }

    // Bh: every vCPU is a core of one thread; all are in one package (SDM vol 3, 9.9.1).
    private void ComposeTopology(in CpuidFacts facts)
    {
        ref CpuidRegisters threads = ref _leaf.At(0xb);
        threads.Ebx = 1;
        threads.Ecx = 1 << 8;
        threads.Edx = facts.Index;
        CpuidRegisters cores = default;
        cores.Eax = (uint)IdBits(facts.VcpuCount);
        cores.Ebx = facts.VcpuCount;
        cores.Ecx = 2 << 8 | 1;
        cores.Edx = facts.Index;
        Add(0xb, 1, in cores);
    }

    private void ComposeXsave<TCpuid>() where TCpuid : struct, ICpuid
    {
        CpuidRegisters sub1 = default;
        sub1.Eax = TCpuid.Read(0xd, 1).Eax & CpuidPolicy.LeafDSub1Eax;
        Add(0xd, 1, in sub1);
        for (uint i = 2; i < XcrPolicy.Components; i++)
        {
            if ((_xcr0 >> (int)i & 1) == 0)
                continue;
            CpuidRegisters component = TCpuid.Read(0xd, i);
            component.Ecx &= 2;
            component.Edx = 0;
            Add(0xd, i, in component);
        }
        ref CpuidRegisters leaf = ref _leaf.At(0xd);
        leaf.Eax = (uint)_xcr0;
        leaf.Ecx = StandardSize(_xcr0);
    }

    // 15h and 16h: a crystal that is the TSC itself, so that the local APIC's timer, which counts the crystal, counts the TSC.
    private void ComposeFrequency(ulong hertz)
    {
        if (hertz <= uint.MaxValue)
        {
            ref CpuidRegisters leaf = ref _leaf.At(0x15);
            leaf.Eax = 1;
            leaf.Ebx = 1;
            leaf.Ecx = (uint)hertz;
        }
        uint megahertz = (uint)((hertz + 500_000) / 1_000_000);
        _leaf.At(0x16).Eax = megahertz;
        _leaf.At(0x16).Ebx = megahertz;
    }

    private void ComposeExtended<TCpuid>(uint last, in CpuidFacts facts) where TCpuid : struct, ICpuid
    {
        if (last > CpuidPolicy.LastExtended)
            last = CpuidPolicy.LastExtended;
        _leaf.At(ExtendedRun).Eax = last;
        // The vendor again, which AMD tells here too.
        CpuidRegisters host = TCpuid.Read(CpuidPolicy.Extended, 0);
        _leaf.At(ExtendedRun).Ebx = host.Ebx;
        _leaf.At(ExtendedRun).Ecx = host.Ecx;
        _leaf.At(ExtendedRun).Edx = host.Edx;
        for (uint leaf = CpuidPolicy.Extended + 1; leaf <= last && leaf > CpuidPolicy.Extended; leaf++)
        {
            CpuidRegisters kept = TCpuid.Read(leaf, 0);
            Keep(leaf, ref kept, in facts);
            _leaf.At(ExtendedRun + (leaf & (Run - 1))) = kept;
        }
    }

    private static void Keep(uint leaf, ref CpuidRegisters registers, in CpuidFacts facts)
    {
        CpuidRegisters host = registers;
        switch (leaf)
        {
            case 0x8000_0001:
                registers.Ecx = host.Ecx & CpuidPolicy.Extended1Ecx;
                // CmpLegacy: the count in leaf 1 is cores (APM vol 3, E.4.2).
                if (facts.VcpuCount == 1)
                    registers.Ecx &= ~2u;
                registers.Edx = host.Edx & CpuidPolicy.Extended1Edx;
                if ((host.Edx & 1) != 0)
                    registers.Edx |= CpuidPolicy.Apic;
                return;
            case >= 0x8000_0002 and <= 0x8000_0006:
                // The brand string, and AMD's caches and TLBs: the board's.
                return;
            case 0x8000_0007:
                registers = default;
                registers.Edx = host.Edx & CpuidPolicy.Extended7Edx;
                return;
            case 0x8000_0008:
                registers = default;
                // Physical and linear address widths; then, AMD's, the cores and the bits of an id they take.
                registers.Eax = host.Eax & 0xffff;
                registers.Ebx = host.Ebx & CpuidPolicy.Extended8Ebx;
                if (!facts.IsIntel)
                    registers.Ecx = (uint)IdBits(facts.VcpuCount) << 12 | facts.VcpuCount - 1;
                return;
            case 0x8000_0019 or 0x8000_001a:
                // AMD's large-page TLBs and how wide its units are: the board's.
                return;
            case 0x8000_0021:
                registers = default;
                registers.Eax = host.Eax & CpuidPolicy.Extended21Eax;
                return;
            default:
                // SVM, IBS, LWP, cache and node topology, encryption, and what is not defined.
                registers = default;
                return;
        }
    }

    private void ComposeHypervisor()
    {
        ref CpuidRegisters signature = ref _leaf.At(Run);
        signature.Eax = CpuidPolicy.LastHypervisor;
        signature.Ebx = CpuidPolicy.SignatureEbx;
        signature.Ecx = CpuidPolicy.SignatureEcx;
        signature.Edx = CpuidPolicy.SignatureEdx;
        ref CpuidRegisters features = ref _leaf.At(Run + 1);
        bool stable = (_leaf.At(ExtendedRun + 7).Edx & CpuidPolicy.Extended7Edx) != 0;
        features.Eax = CpuidPolicy.KvmFeatures | (stable ? CpuidPolicy.KvmStableClock : 0);
        features.Edx = CpuidPolicy.KvmHints;
    }

    // Subleaf 0 has its place among the leaves.
    private void Add(uint leaf, uint number, in CpuidRegisters registers)
    {
        if (number == 0)
        {
            _leaf.At(leaf) = registers;
            return;
        }
        if (_subleafCount >= MaxSubleaves)
            return;
        ref Subleaf added = ref _subleaf.At(_subleafCount++);
        added.Leaf = leaf;
        added.Number = number;
        added.Registers = registers;
    }
}
