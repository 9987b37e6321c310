// Instructions that may not exist for a guest, each alone in a call so that FaultTrap can step over it.
    .macro try name
    .global \name
    .p2align 2
\name:
    .endm

    .text
    try TryRdvl
    .inst   0x04bf5020                      // RDVL X0, #1 (SVE)
    ret
    try TryRdsvl
    .inst   0x04bf5820                      // RDSVL X0, #1 (SME)
    ret
    try TryPmcr
    mrs     x0, s3_3_c9_c12_0               // PMCR_EL0
    ret
    try TryPmsidr
    mrs     x0, s3_0_c9_c9_7                // PMSIDR_EL1 (SPE)
    ret
    try TryHcr
    mrs     x0, hcr_el2                     // never EL1's
    ret

    // ReadIdRegister(n): n = (CRm - 1) * 8 + op2 of op0 = 3, op1 = 0, CRn = 0, CRm = 1..7 (DDI 0487 D22.3.1)
    .global ReadIdRegister
ReadIdRegister:
    adr     x1, 1f
    add     x1, x1, x0, lsl #3
    br      x1
1:
    .irp crm, 1, 2, 3, 4, 5, 6, 7
    .irp op2, 0, 1, 2, 3, 4, 5, 6, 7
    mrs     x0, s3_0_c0_c\crm\()_\op2
    ret
    .endr
    .endr

    // Vector registers but v16 and v17, which the compiler copies structs with, and what EL1 may keep in system registers.
    .macro of_leftovers each
    .irp register, tpidr_el0, tpidrro_el0, tpidr_el1, contextidr_el1, elr_el1, sp_el0, csselr_el1, dbgbvr0_el1, dbgwvr0_el1
    \each   \register
    .endr
    .endm
    .macro gather register
    mrs     x1, \register
    orr     x0, x0, x1
    .endm
    .macro soil register
    msr     \register, x0
    .endm
    .macro gather_vector number
    umov    x1, v\number\().d[0]
    orr     x0, x0, x1
    umov    x1, v\number\().d[1]
    orr     x0, x0, x1
    .endm

    .global ReadLeftovers, SoilRegisters
ReadLeftovers:
    mov     x0, #0
    .irp number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    gather_vector \number
    .endr
    of_leftovers gather
    ret
SoilRegisters:
    .irp number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    dup     v\number\().2d, x0
    .endr
    of_leftovers soil
    ret
