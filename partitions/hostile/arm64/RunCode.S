// Code that is written while the guest runs, and what it needs.
    .text

// RunCode(code, x): calls it with X0 to X15 from x[0..15], and keeps there what it left. Faults: FaultTrap.cs.
    .global RunCode
RunCode:
    stp     x29, x30, [sp, #-32]!
    stp     x19, x20, [sp, #16]
    mov     x19, x0
    mov     x20, x1
    ldp     x0, x1, [x20]
    ldp     x2, x3, [x20, #16]
    ldp     x4, x5, [x20, #32]
    ldp     x6, x7, [x20, #48]
    ldp     x8, x9, [x20, #64]
    ldp     x10, x11, [x20, #80]
    ldp     x12, x13, [x20, #96]
    ldp     x14, x15, [x20, #112]
    blr     x19
    stp     x0, x1, [x20]
    stp     x2, x3, [x20, #16]
    stp     x4, x5, [x20, #32]
    stp     x6, x7, [x20, #48]
    stp     x8, x9, [x20, #64]
    stp     x10, x11, [x20, #80]
    stp     x12, x13, [x20, #96]
    stp     x14, x15, [x20, #112]
    ldp     x19, x20, [sp, #16]
    ldp     x29, x30, [sp], #32
    ret

// PublishCode(from, to): what was stored there can be executed (DDI 0487 B2.4.4).
    .global PublishCode
PublishCode:
    mov     x2, x0
1:  dc      cvau, x2
    add     x2, x2, #16                     // no line is smaller
    cmp     x2, x1
    b.lo    1b
    dsb     ish
2:  ic      ivau, x0
    add     x0, x0, #16
    cmp     x0, x1
    b.lo    2b
    dsb     ish
    isb
    ret

// SetEntry(entry, value): of a translation table in use; nothing of the old one is left here.
    .global SetEntry
SetEntry:
    str     xzr, [x0]
    dsb     ish
    tlbi    vmalle1is
    dsb     ish
    str     x1, [x0]
    dsb     ish
    isb
    ret

    .global ReadTtbr0, WriteCpacr, WriteMdscr
ReadTtbr0:
    mrs     x0, ttbr0_el1
    ret
WriteCpacr:
    msr     cpacr_el1, x0
    isb
    ret
WriteMdscr:
    msr     mdscr_el1, x0
    isb
    ret

    .global InvalidateAll
InvalidateAll:
    dsb     ishst
    tlbi    vmalle1is
    dsb     ish
    isb
    ret

// Loads and stores X0 at [X1], 8 bytes each; Access.cs says what each is.
    .arch_extension lse
    .macro form text:vararg
    \text
    ret
    .endm

    .p2align 3
access_forms:
    form    ldrb    w0, [x1]
    form    ldrh    w0, [x1]
    form    ldr     w0, [x1]
    form    ldr     x0, [x1]
    form    ldrsb   x0, [x1]
    form    ldrsb   w0, [x1]
    form    ldrsh   x0, [x1]
    form    ldrsh   w0, [x1]
    form    ldrsw   x0, [x1]
    form    ldarb   w0, [x1]
    form    ldar    x0, [x1]
    form    strb    w0, [x1]
    form    strh    w0, [x1]
    form    str     w0, [x1]
    form    str     x0, [x1]
    form    stlr    x0, [x1]
    form    stlrb   w0, [x1]
    form    ldr     xzr, [x1]
    form    str     xzr, [x1]
    form    ldur    x0, [x1]
    form    stur    x0, [x1]
    form    ldp     x0, x2, [x1]
    form    stp     x0, x2, [x1]
    form    ldr     x0, [x1], #8
    form    str     x0, [x1], #8
    form    ldr     x0, [x1, #8]!
    form    ldnp    x0, x2, [x1]
    form    ldxr    x0, [x1]
    form    stxr    w2, x0, [x1]
    form    ldxp    x0, x2, [x1]
    form    ldadd   x0, x2, [x1]
    form    swp     x0, x2, [x1]
    form    cas     x0, x2, [x1]
    form    ldr     q16, [x1]
    form    str     q16, [x1]
    form    ld1     {v16.16b}, [x1]
    form    st1     {v16.16b}, [x1]
    form    ldtr    x0, [x1]
    form    prfm    pldl1keep, [x1]
    form    dc      civac, x1

    .global AddressOfAccessForms
AddressOfAccessForms:
    adrp    x0, access_forms
    add     x0, x0, :lo12:access_forms
    ret
