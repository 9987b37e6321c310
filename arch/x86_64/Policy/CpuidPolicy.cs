namespace Bulkhead.X86.Policy;

/// <summary>
/// What a guest sees of the board's CPUs, leaf by leaf (Intel SDM vol 2, CPUID; AMD APM vol 3, appendix E). Bits named
/// here are kept where the board has them, or faked; all others are hidden, those not defined yet included. A pinned
/// vCPU owns its CPU's registers, so most of what needs no hypervisor is kept.
/// </summary>
/// <remarks>What is kept here must be enabled for the guest: RDTSCP, INVPCID and RDPID are VM-execution controls under VT-x.</remarks>
public static class CpuidPolicy
{
    /// <summary>The last basic leaf: 16h tells the frequency, and what is behind it is hidden or needless.</summary>
    public const uint LastBasic = 0x16;
    public const uint Hypervisor = 0x4000_0000;
    public const uint LastHypervisor = Hypervisor + 1;
    public const uint Extended = 0x8000_0000;
    public const uint LastExtended = 0x8000_0021;

    /// <summary>EBX of leaf 0, "Genu".</summary>
    public const uint IntelEbx = 0x756e_6547;

    public const uint X2Apic = 1 << 21;
    public const uint TscDeadline = 1 << 24;
    public const uint Xsave = 1 << 26;
    public const uint OsXsave = 1 << 27;
    public const uint HypervisorPresent = 1u << 31;

    /// <summary>
    /// 1:ECX. SSE3, PCLMULQDQ, SSSE3, FMA, CMPXCHG16B, PCID, SSE4.1, SSE4.2, MOVBE, POPCNT, AESNI, XSAVE, AVX, F16C, RDRAND.
    /// Faked: x2APIC and TSC-deadline, which the virtual local APIC has on any board; hypervisor present, without which
    /// kernels look for a board. OSXSAVE mirrors the guest's CR4.
    /// Hidden: MONITOR (it would wait for what HLT's exit waits for), VMX, SMX (no nesting), DTES64, DS-CPL, PDCM
    /// (debug store and counters), EIST, TM2, CNXT-ID, SDBG, xTPR, DCA (the board's).
    /// </summary>
    public const uint Leaf1Ecx = 1 << 0 | 1 << 1 | 1 << 9 | 1 << 12 | 1 << 13 | 1 << 17 | 1 << 19 | 1 << 20 | 1 << 22
        | 1 << 23 | 1 << 25 | 1 << 26 | 1 << 28 | 1 << 29 | 1 << 30;

    public const uint Apic = 1 << 9;
    public const uint MultiThreading = 1 << 28;

    /// <summary>
    /// 1:EDX. FPU, VME, DE, PSE, TSC, MSR, PAE, CX8, SEP, PGE, CMOV, PAT, PSE36, CLFSH, MMX, FXSR, SSE, SSE2, SS.
    /// Faked: APIC mirrors IA32_APIC_BASE; HTT where there are several vCPUs, for their count.
    /// Hidden: MCE and MCA (machine checks are the hypervisor's), MTRR (nested paging says what memory is), PSN, DS, ACPI,
    /// TM, PBE (the board's).
    /// </summary>
    public const uint Leaf1Edx = 0x3f | 1 << 6 | 1 << 8 | 1 << 11 | 1 << 13 | 1 << 15 | 1 << 16 | 1 << 17 | 1 << 19
        | 1 << 23 | 1 << 24 | 1 << 25 | 1 << 26 | 1 << 27;

    /// <summary>6:EAX. Faked: ARAT, the virtual timer stops in no idle state. Hidden: everything else, which is the board's power and heat.</summary>
    public const uint Leaf6Eax = 1 << 2;

    /// <summary>
    /// 7.0:EBX. FSGSBASE, BMI1, AVX2, FDP_EXCPTN, SMEP, BMI2, ERMS, INVPCID, FCS/FDS, AVX512F, DQ, RDSEED, ADX, SMAP,
    /// IFMA, CLFLUSHOPT, CLWB, PF, ER, CD, SHA, BW, VL.
    /// Hidden: TSC_ADJUST (the guest's TSC is an offset), SGX, HLE and RTM (aborts on every exit), RDT-M and RDT-A (the
    /// board's cache is shared), MPX (XCR0 has no place for it), PT.
    /// </summary>
    public const uint Leaf7Ebx = 1u << 0 | 1u << 3 | 1u << 5 | 1u << 6 | 1u << 7 | 1u << 8 | 1u << 9 | 1u << 10 | 1u << 13
        | 1u << 16 | 1u << 17 | 1u << 18 | 1u << 19 | 1u << 20 | 1u << 21 | 1u << 23 | 1u << 24 | 1u << 26 | 1u << 27
        | 1u << 28 | 1u << 29 | 1u << 30 | 1u << 31;

    public const uint Pku = 1 << 3;
    public const uint OsPke = 1 << 4;

    /// <summary>
    /// 7.0:ECX. PREFETCHWT1, AVX512_VBMI, UMIP, PKU (with its state in XCR0), VBMI2, GFNI, VAES, VPCLMULQDQ, VNNI, BITALG, VPOPCNTDQ, RDPID,
    /// CLDEMOTE, MOVDIRI, MOVDIR64B. OSPKE mirrors the guest's CR4.
    /// Hidden: WAITPKG (as MONITOR), CET and PKS (supervisor state that XSAVES keeps), LA57 (the decoder walks four
    /// levels), KL, ENQCMD, SGX_LC, TME.
    /// </summary>
    public const uint Leaf7Ecx = 1 << 0 | 1 << 1 | 1 << 2 | 1 << 3 | 1 << 6 | 1 << 8 | 1 << 9 | 1 << 10 | 1 << 11 | 1 << 12
        | 1 << 14 | 1 << 22 | 1 << 25 | 1 << 27 | 1 << 28;

    /// <summary>
    /// 7.0:EDX. AVX512_4VNNIW, 4FMAPS, FSRM, VP2INTERSECT, MD_CLEAR, SERIALIZE, AVX512_FP16; IBRS/IBPB, STIBP, L1D_FLUSH,
    /// ARCH_CAPABILITIES, SSBD, whose MSRs are the pinned vCPU's own.
    /// Hidden: HYBRID and CORE_CAPABILITIES (the board's), AMX (state that XCR0 has no place for), CET_IBT, UINTR, PCONFIG, LBR, TSX.
    /// </summary>
    public const uint Leaf7Edx = 1u << 2 | 1u << 3 | 1u << 4 | 1u << 8 | 1u << 10 | 1u << 14 | 1u << 23 | 1u << 26 | 1u << 27
        | 1u << 28 | 1u << 29 | 1u << 31;

    /// <summary>7.1:EAX. AVX-VNNI, AVX512_BF16, fast short REP MOVSB, STOSB, CMPSB. Hidden: what needs new state or MSRs.</summary>
    public const uint Leaf7Sub1Eax = 1 << 4 | 1 << 5 | 1 << 10 | 1 << 11 | 1 << 12;

    /// <summary>Dh.1:EAX. XSAVEOPT, XSAVEC, XGETBV with ECX 1. Hidden: XSAVES (no supervisor state), XFD.</summary>
    public const uint LeafDSub1Eax = 1 << 0 | 1 << 1 | 1 << 2;

    /// <summary>
    /// 80000001h:ECX. LAHF, CmpLegacy, AltMovCr8, ABM, SSE4A, MisAlignSse, PREFETCHW, XOP, FMA4, TBM.
    /// Hidden: SVM, SKINIT (no nesting), ExtApicSpace (the virtual one has none), OSVW, IBS, LWP, WDT, the performance
    /// counters, NodeId and TopologyExtensions (vCPUs are cores of one package), MONITORX, TCE.
    /// </summary>
    public const uint Extended1Ecx = 1 << 0 | 1 << 1 | 1 << 4 | 1 << 5 | 1 << 6 | 1 << 7 | 1 << 8 | 1 << 11 | 1 << 16 | 1 << 21;

    /// <summary>80000001h:EDX. AMD repeats 1:EDX; then SYSCALL, NX, MMXEXT, FFXSR, 1 GiB pages, RDTSCP, LM, 3DNow!. Hidden: MP, and as in 1:EDX.</summary>
    public const uint Extended1Edx = Leaf1Edx & ~(1u << 11 | 1u << 19 | 1u << 25 | 1u << 26 | 1u << 27)
        | 1u << 11 | 1u << 20 | 1u << 22 | 1u << 25 | 1u << 26 | 1u << 27 | 1u << 29 | 1u << 30 | 1u << 31;

    /// <summary>80000007h:EDX. The invariant TSC. Hidden: the board's power and heat.</summary>
    public const uint Extended7Edx = 1 << 8;

    /// <summary>
    /// 80000008h:EBX. CLZERO, always-saved FP error pointers, IBPB, IBRS, STIBP and what the vendor prefers, SSBD, PSFD.
    /// Hidden: RDPRU and IRPERF (counters), INVLPGB (reaches others), MCOMMIT, WBNOINVD (WBINVD is not passed on), VIRT_SSBD.
    /// </summary>
    public const uint Extended8Ebx = 1 << 0 | 1 << 2 | 1 << 12 | 1 << 14 | 1 << 15 | 1 << 16 | 1 << 17 | 1 << 18 | 1 << 19
        | 1 << 24 | 1 << 28;

    /// <summary>80000021h:EAX. No nested data breakpoints, LFENCE serialises, null selectors clear the base. Hidden: AutoIBRS and the rest, which EFER or MSRs would have to allow.</summary>
    public const uint Extended21Eax = 1 << 0 | 1 << 2 | 1 << 6;

    // KVM's leaves (Linux Documentation/virt/kvm/x86/cpuid.rst), which stock kernels know: only what is here.

    /// <summary>"KVMKVMKVM", in EBX, ECX and EDX.</summary>
    public const uint SignatureEbx = 0x4b4d_564b, SignatureEcx = 0x564b_4d56, SignatureEdx = 0x4d;

    /// <summary>
    /// NOP_IO_DELAY: no device here needs port 80h's delay. CLOCKSOURCE2: the clock by MSRs 4B564D00h and 4B564D01h.
    /// POLL_CONTROL: by MSR 4B564D05h; kernels complain, at length, of a host with the hint below and without it.
    /// </summary>
    public const uint KvmFeatures = 1 << 1 | 1 << 3 | 1 << 12;

    /// <summary>CLOCKSOURCE_STABLE_BIT: its flag of a clock that is the same on every vCPU is to be believed. With the invariant TSC only.</summary>
    public const uint KvmStableClock = 1 << 24;

    /// <summary>Hint REALTIME: vCPUs are pinned and never preempted for long.</summary>
    public const uint KvmHints = 1;
}
