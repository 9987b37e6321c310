// System registers as plain calls: Read_X() and Write_X(value), and the few instructions C# has no words for.
    .macro readable name, encoding
    .global Read_\name
    .p2align 2
Read_\name:
    mrs     x0, \encoding
    ret
    .endm

    .macro writable name, encoding
    .global Write_\name
    .p2align 2
Write_\name:
    msr     \encoding, x0
    ret
    .endm

    .macro register name, encoding
    readable \name, \encoding
    writable \name, \encoding
    .endm

    // A section of its own: it lies where the vectors' alignment would leave a hole (hypervisor.ld).
    .section .text.registers, "ax"
    readable MPIDR_EL1, mpidr_el1
    readable MIDR_EL1, midr_el1
    readable CTR_EL0, ctr_el0
    readable CNTPCT_EL0, cntpct_el0
    readable CNTFRQ_EL0, cntfrq_el0
    register HCR_EL2, hcr_el2
    writable HCRX_EL2, s3_4_c1_c2_2
    register CPTR_EL2, cptr_el2
    register MDCR_EL2, mdcr_el2
    register CNTHCTL_EL2, cnthctl_el2
    register CNTVOFF_EL2, cntvoff_el2
    register CNTHP_CTL_EL2, cnthp_ctl_el2
    register CNTHP_CVAL_EL2, cnthp_cval_el2
    register CNTV_CTL_EL0, cntv_ctl_el0
    register CNTV_CVAL_EL0, cntv_cval_el0
    register VTCR_EL2, vtcr_el2
    register VTTBR_EL2, vttbr_el2
    register TTBR0_EL2, ttbr0_el2
    register VPIDR_EL2, vpidr_el2
    register VMPIDR_EL2, vmpidr_el2
    register HSTR_EL2, hstr_el2
    register ELR_EL2, elr_el2
    register SPSR_EL2, spsr_el2
    register ESR_EL2, esr_el2
    register FAR_EL2, far_el2
    readable HPFAR_EL2, hpfar_el2
    register SCTLR_EL1, sctlr_el1
    register ESR_EL1, esr_el1
    register FAR_EL1, far_el1
    register ELR_EL1, elr_el1
    register SPSR_EL1, spsr_el1
    register VBAR_EL1, vbar_el1
    register PAR_EL1, par_el1
    writable CNTKCTL_EL1, cntkctl_el1
    writable CPACR_EL1, cpacr_el1
    register TCR_EL1, tcr_el1
    register TTBR0_EL1, ttbr0_el1
    register TTBR1_EL1, ttbr1_el1
    writable MAIR_EL1, mair_el1
    writable MDSCR_EL1, mdscr_el1
    writable CONTEXTIDR_EL1, contextidr_el1
    writable TPIDR_EL1, tpidr_el1
    writable TPIDR_EL0, tpidr_el0
    writable TPIDRRO_EL0, tpidrro_el0
    register SP_EL0, sp_el0
    register SP_EL1, sp_el1
    writable CSSELR_EL1, csselr_el1

    // Fine-grained traps (DDI 0487 D24.2): WriteFineGrainedTraps(debug), ClearFineGrainedTraps2()
    .global WriteFineGrainedTraps, ClearFineGrainedTraps2
WriteFineGrainedTraps:
    msr     s3_4_c1_c1_4, xzr       // HFGRTR_EL2
    msr     s3_4_c1_c1_5, xzr       // HFGWTR_EL2
    msr     s3_4_c1_c1_6, xzr       // HFGITR_EL2
    msr     s3_4_c3_c1_4, x0        // HDFGRTR_EL2
    msr     s3_4_c3_c1_5, x0        // HDFGWTR_EL2
    ret
ClearFineGrainedTraps2:
    msr     s3_4_c3_c1_2, xzr       // HFGRTR2_EL2
    msr     s3_4_c3_c1_3, xzr       // HFGWTR2_EL2
    msr     s3_4_c3_c1_7, xzr       // HFGITR2_EL2
    msr     s3_4_c3_c1_0, xzr       // HDFGRTR2_EL2
    msr     s3_4_c3_c1_1, xzr       // HDFGWTR2_EL2
    ret

    // GICv3 CPU interface (IHI 0069 12.2) and hypervisor interface (12.4)
    register ICC_SRE_EL2, s3_4_c12_c9_5
    register ICC_CTLR_EL1, s3_0_c12_c12_4
    writable ICC_PMR_EL1, s3_0_c4_c6_0
    writable ICC_BPR1_EL1, s3_0_c12_c12_3
    writable ICC_IGRPEN1_EL1, s3_0_c12_c12_7
    readable ICC_IAR1_EL1, s3_0_c12_c12_0
    writable ICC_EOIR1_EL1, s3_0_c12_c12_1
    writable ICC_DIR_EL1, s3_0_c12_c11_1
    writable ICC_SGI1R_EL1, s3_0_c12_c11_5
    readable ICC_HPPIR1_EL1, s3_0_c12_c12_2
    register ICH_HCR_EL2, s3_4_c12_c11_0
    readable ICH_VTR_EL2, s3_4_c12_c11_1
    readable ICH_MISR_EL2, s3_4_c12_c11_2
    readable ICH_EISR_EL2, s3_4_c12_c11_3
    readable ICH_ELRSR_EL2, s3_4_c12_c11_5
    register ICH_VMCR_EL2, s3_4_c12_c11_7
    register ICH_AP0R0_EL2, s3_4_c12_c8_0
    register ICH_AP1R0_EL2, s3_4_c12_c9_0

    .text
    // List registers by number: each entry is two instructions.
    .global ReadListRegister, WriteListRegister, WriteListRegister0
ReadListRegister:
    adr     x1, 1f
    add     x1, x1, x0, lsl #3
    br      x1
1:  mrs     x0, s3_4_c12_c12_0
    ret
    mrs     x0, s3_4_c12_c12_1
    ret
    mrs     x0, s3_4_c12_c12_2
    ret
    mrs     x0, s3_4_c12_c12_3
    ret
    mrs     x0, s3_4_c12_c12_4
    ret
    mrs     x0, s3_4_c12_c12_5
    ret
    mrs     x0, s3_4_c12_c12_6
    ret
    mrs     x0, s3_4_c12_c12_7
    ret
    mrs     x0, s3_4_c12_c13_0
    ret
    mrs     x0, s3_4_c12_c13_1
    ret
    mrs     x0, s3_4_c12_c13_2
    ret
    mrs     x0, s3_4_c12_c13_3
    ret
    mrs     x0, s3_4_c12_c13_4
    ret
    mrs     x0, s3_4_c12_c13_5
    ret
    mrs     x0, s3_4_c12_c13_6
    ret
    mrs     x0, s3_4_c12_c13_7
    ret
WriteListRegister0:
    msr     s3_4_c12_c12_0, x0
    ret
WriteListRegister:
    adr     x2, 2f
    add     x2, x2, x0, lsl #3
    br      x2
2:  msr     s3_4_c12_c12_0, x1
    ret
    msr     s3_4_c12_c12_1, x1
    ret
    msr     s3_4_c12_c12_2, x1
    ret
    msr     s3_4_c12_c12_3, x1
    ret
    msr     s3_4_c12_c12_4, x1
    ret
    msr     s3_4_c12_c12_5, x1
    ret
    msr     s3_4_c12_c12_6, x1
    ret
    msr     s3_4_c12_c12_7, x1
    ret
    msr     s3_4_c12_c13_0, x1
    ret
    msr     s3_4_c12_c13_1, x1
    ret
    msr     s3_4_c12_c13_2, x1
    ret
    msr     s3_4_c12_c13_3, x1
    ret
    msr     s3_4_c12_c13_4, x1
    ret
    msr     s3_4_c12_c13_5, x1
    ret
    msr     s3_4_c12_c13_6, x1
    ret
    msr     s3_4_c12_c13_7, x1
    ret

    // ReadIdRegister(n): n = (CRm - 1) * 8 + op2 of op0=3, op1=0, CRn=0, CRm=1..7 (DDI 0487 D22.3.1)
    .global ReadIdRegister
ReadIdRegister:
    adr     x1, 3f
    add     x1, x1, x0, lsl #3
    br      x1
3:
    .irp crm, 1, 2, 3, 4, 5, 6, 7
    .irp op2, 0, 1, 2, 3, 4, 5, 6, 7
    mrs     x0, s3_0_c0_c\crm\()_\op2
    ret
    .endr
    .endr

    // Translations of a guest's address by its own tables (stage 1, then stage 2): for reports and hypercalls.
    .global TranslateGuestRead
TranslateGuestRead:
    at      s12e1r, x0
    isb
    mrs     x0, par_el1
    ret

    // Devices and memory shared with guests: one access each, never merged, split or hoisted.
    .global MmioRead8, MmioRead16, MmioRead32, MmioRead64, MmioWrite8, MmioWrite16, MmioWrite32, MmioWrite64
MmioRead8:
    ldrb    w0, [x0]
    ret
MmioRead16:
    ldrh    w0, [x0]
    ret
MmioRead32:
    ldr     w0, [x0]
    ret
MmioRead64:
    ldr     x0, [x0]
    ret
MmioWrite8:
    strb    w1, [x0]
    ret
MmioWrite16:
    strh    w1, [x0]
    ret
MmioWrite32:
    str     w1, [x0]
    ret
MmioWrite64:
    str     x1, [x0]
    ret

    // SendSgi(value): what was written before must be seen by whoever takes the SGI (IHI 0069 4.4.1).
    .global SendSgi
SendSgi:
    dsb     ishst
    msr     s3_0_c12_c11_5, x0      // ICC_SGI1R_EL1
    ret

    .global StackPointer, FramePointer, Yield
FramePointer:                       // the caller's frame record
    mov     x0, x29
    ret
StackPointer:
    mov     x0, sp
    ret
Yield:
    yield
    ret
    .global Isb, DsbSy, DsbIsh, DsbIshst, Wfi, Wfe, Sev
Isb:
    isb
    ret
DsbSy:
    dsb     sy
    ret
DsbIsh:
    dsb     ish
    ret
DsbIshst:
    dsb     ishst
    ret
Wfi:
    dsb     sy
    wfi
    ret
Wfe:
    wfe
    ret
Sev:
    sev
    ret

    .global CleanLine, CleanInvalidateLine, ForgetTranslations, TlbiAllEl2, TlbiVaEl2, TlbiIpa, TlbiVmallS12
CleanLine:
    dc      cvac, x0
    ret
CleanInvalidateLine:
    dc      civac, x0
    ret
ForgetTranslations:                 // of this CPU alone: its neighbours keep theirs
    tlbi    vmalls12e1
    ic      iallu
    dsb     nsh
    isb
    ret
TlbiAllEl2:
    tlbi    alle2is
    ret
TlbiVaEl2:
    tlbi    vae2is, x0
    ret
TlbiIpa:                            // x0 = IPA >> 12, VTTBR_EL2 current; stage 1 entries go too (D8.14)
    tlbi    ipas2e1is, x0
    dsb     ish
    tlbi    vmalle1is
    ret
TlbiVmallS12:
    tlbi    vmalls12e1is
    ret

    // CleanRange(start, bytes): to the point of coherency, line by line.
    .global CleanRange
CleanRange:
    add     x1, x1, x0
    mrs     x2, ctr_el0
    ubfx    x2, x2, #16, #4         // CTR_EL0.DminLine, in words
    mov     x3, #4
    lsl     x3, x3, x2
    sub     x4, x3, #1
    bic     x0, x0, x4
4:  dc      cvac, x0
    add     x0, x0, x3
    cmp     x0, x1
    b.lo    4b
    dsb     sy
    ret

    // CleanInvalidateRange(start, bytes): the same, and the caches forget the lines.
    .global CleanInvalidateRange
CleanInvalidateRange:
    add     x1, x1, x0
    mrs     x2, ctr_el0
    ubfx    x2, x2, #16, #4
    mov     x3, #4
    lsl     x3, x3, x2
    sub     x4, x3, #1
    bic     x0, x0, x4
5:  dc      civac, x0
    add     x0, x0, x3
    cmp     x0, x1
    b.lo    5b
    dsb     sy
    ret

    // ZeroRange(start, bytes): whole 64-byte units; cleaned to the point of coherency as it goes. DC ZVA where it zeroes
    // just such a unit (DCZID_EL0: DZP 0, BS 4).
    .global ZeroRange
ZeroRange:
    add     x1, x1, x0
    mrs     x2, dczid_el0
    cmp     x0, x1
    b.hs    6f
    cmp     x2, #4
    b.ne    51f
5:  dc      zva, x0
    dc      cvac, x0
    add     x0, x0, #64
    cmp     x0, x1
    b.lo    5b
6:  dsb     sy
    ret
51: stp     xzr, xzr, [x0]
    stp     xzr, xzr, [x0, #16]
    stp     xzr, xzr, [x0, #32]
    stp     xzr, xzr, [x0, #48]
    dc      cvac, x0
    add     x0, x0, #64
    cmp     x0, x1
    b.lo    51b
    b       6b

    // SmcCall(function, a1, a2, a3): to the board's firmware (PSCI by SMC).
    .global SmcCall
SmcCall:
    smc     #0
    ret

    // ResetDebugRegisters(): every break- and watchpoint off; the pinned vCPU owns them. ID_AA64DFR0_EL1 (DDI 0487
    // D19.2.59) holds their numbers less one in BRPs, bits 15:12, and WRPs, bits 23:20; each takes two instructions here.
    .global ResetDebugRegisters
ResetDebugRegisters:
    mrs     x0, id_aa64dfr0_el1
    adr     x2, 7f
    ubfx    x1, x0, #12, #4
    sub     x2, x2, x1, lsl #3
    br      x2
    .irp n, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1
    msr     dbgbcr\n\()_el1, xzr
    msr     dbgbvr\n\()_el1, xzr
    .endr
7:  msr     dbgbcr0_el1, xzr
    msr     dbgbvr0_el1, xzr
    adr     x2, 8f
    ubfx    x1, x0, #20, #4
    sub     x2, x2, x1, lsl #3
    br      x2
    .irp n, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1
    msr     dbgwcr\n\()_el1, xzr
    msr     dbgwvr\n\()_el1, xzr
    .endr
8:  msr     dbgwcr0_el1, xzr
    msr     dbgwvr0_el1, xzr
    ret

    // ResetFpState(): nothing of the loader's reaches the guest in V0-V31, FPCR, FPSR.
    .global ResetFpState
ResetFpState:
    .irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    movi    v\n\().2d, #0
    .endr
    msr     fpcr, xzr
    msr     fpsr, xzr
    ret

    .global AddressOfBootL1, AddressOfBootL3, AddressOfSecondaryEntry, AddressOfCpuBlocks, AddressOfImageEnd
AddressOfBootL3:
    ldr     x0, =boot_l3
    ret
AddressOfBootL1:
    ldr     x0, =boot_l1
    ret
AddressOfSecondaryEntry:
    ldr     x0, =secondary_entry
    ret
AddressOfCpuBlocks:
    ldr     x0, =cpu_blocks
    ret
AddressOfImageEnd:
    ldr     x0, =__bss_end
    ret
    .ltorg
