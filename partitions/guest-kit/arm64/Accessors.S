// System registers, device accesses and the few instructions C# has no words for.
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

    .text
    readable MPIDR_EL1, mpidr_el1
    readable MIDR_EL1, midr_el1
    readable CURRENTEL, CurrentEL
    readable ESR_EL1, esr_el1
    readable FAR_EL1, far_el1
    readable CNTFRQ_EL0, cntfrq_el0
    register CNTV_CTL_EL0, cntv_ctl_el0
    register CNTV_CVAL_EL0, cntv_cval_el0
    register CNTV_TVAL_EL0, cntv_tval_el0
    register CNTP_CTL_EL0, cntp_ctl_el0
    register CNTP_CVAL_EL0, cntp_cval_el0
    register CNTP_TVAL_EL0, cntp_tval_el0

    // GICv3 CPU interface (IHI 0069 12.2)
    register ICC_SRE_EL1, s3_0_c12_c12_5
    register ICC_CTLR_EL1, s3_0_c12_c12_4
    register ICC_PMR_EL1, s3_0_c4_c6_0
    register ICC_BPR1_EL1, s3_0_c12_c12_3
    register ICC_IGRPEN1_EL1, s3_0_c12_c12_7
    readable ICC_IAR1_EL1, s3_0_c12_c12_0
    readable ICC_HPPIR1_EL1, s3_0_c12_c12_2
    readable ICC_RPR_EL1, s3_0_c12_c11_3
    writable ICC_EOIR1_EL1, s3_0_c12_c12_1
    writable ICC_DIR_EL1, s3_0_c12_c11_1
    writable ICC_SGI1R_EL1, s3_0_c12_c11_5

    .global Read_CNTVCT_EL0, Read_CNTPCT_EL0
Read_CNTVCT_EL0:
    isb                                     // not before what stands before (DDI 0487 D11.2)
    mrs     x0, cntvct_el0
    ret
Read_CNTPCT_EL0:
    isb
    mrs     x0, cntpct_el0
    ret

    .global Device_Read8, Device_Read32, Device_Read64, Device_Write8, Device_Write32, Device_Write64
Device_Read8:
    ldrb    w0, [x0]
    ret
Device_Read32:
    ldr     w0, [x0]
    ret
Device_Read64:
    ldr     x0, [x0]
    ret
Device_Write8:
    strb    w1, [x0]
    ret
Device_Write32:
    str     w1, [x0]
    ret
Device_Write64:
    str     x1, [x0]
    ret

    .global Cpu_Isb, Cpu_DsbSy, Cpu_Wfi, Cpu_Yield, Cpu_MaskInterrupts, Cpu_UnmaskInterrupts
Cpu_Isb:
    isb
    ret
Cpu_DsbSy:
    dsb     sy
    ret
Cpu_Wfi:
    dsb     sy
    wfi
    ret
Cpu_Yield:
    yield
    ret
Cpu_MaskInterrupts:
    msr     daifset, #2
    ret
Cpu_UnmaskInterrupts:
    msr     daifclr, #2
    isb
    ret

    // Hvc(function, a1, a2, a3) returns X0. HvcAll(results, function, a1, a2, a3) keeps X0-X3 in results[0..3].
    .global Hvc, HvcAll, Smc
Hvc:
    hvc     #0
    ret
Smc:
    smc     #0
    ret
HvcAll:
    mov     x9, x0
    mov     x0, x1
    mov     x1, x2
    mov     x2, x3
    mov     x3, x4
    stp     x9, xzr, [sp, #-16]!            // SMCCC before 1.1 lets a callee use X4-X17
    hvc     #0
    ldp     x9, xzr, [sp], #16
    stp     x0, x1, [x9]
    stp     x2, x3, [x9, #16]
    ret

    // PhysicalOf(address): by our own translation.
    .global PhysicalOf
PhysicalOf:
    and     x2, x0, #0xfff
    at      s1e1r, x0
    isb
    mrs     x1, par_el1
    ubfx    x0, x1, #12, #36
    orr     x0, x2, x0, lsl #12
    ret

    // JumpTo(address): not to return.
    .global JumpTo
JumpTo:
    br      x0
