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
