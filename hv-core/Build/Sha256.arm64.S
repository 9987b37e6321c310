// SHA-256 with the CPU's instructions (DDI 0487 C7.2: SHA256H, SHA256H2, SHA256SU0, SHA256SU1). In a section of its own,
// so that a binary without SHA-256 is without it.
    .arch armv8-a+crypto
    .section .text.Sha256, "ax"

// ulong ReadIdAa64Isar0(): bits 15:12, SHA2, say whether they exist.
    .global ReadIdAa64Isar0
ReadIdAa64Isar0:
    mrs     x0, id_aa64isar0_el1
    ret

    // Four rounds: v0 is abcd, v1 efgh, x5 the next four constants.
    .macro four_rounds words
    ld1     {v16.4s}, [x5], #16
    mov     v17.16b, v0.16b
    add     v16.4s, v16.4s, v\words\().4s
    sha256h q0, q1, v16.4s
    sha256h2 q1, q17, v16.4s
    .endm

    // The words that replace these four: sixteen rounds on.
    .macro schedule first, second, third, fourth
    sha256su0 v\first\().4s, v\second\().4s
    sha256su1 v\first\().4s, v\third\().4s, v\fourth\().4s
    .endm

// Sha256Blocks(state, data, blocks, constants): at least one block. V0-V7 may be the guest's: saved here. V16 and V17 are
// saved by every exit.
    .global Sha256Blocks
    .p2align 4
Sha256Blocks:
    stp     q0, q1, [sp, #-128]!
    stp     q2, q3, [sp, #32]
    stp     q4, q5, [sp, #64]
    stp     q6, q7, [sp, #96]
    ld1     {v0.4s, v1.4s}, [x0]
1:  ld1     {v4.16b, v5.16b, v6.16b, v7.16b}, [x1], #64
    rev32   v4.16b, v4.16b
    rev32   v5.16b, v5.16b
    rev32   v6.16b, v6.16b
    rev32   v7.16b, v7.16b
    mov     v2.16b, v0.16b
    mov     v3.16b, v1.16b
    mov     x5, x3
    mov     w6, #3
2:  four_rounds 4
    schedule 4, 5, 6, 7
    four_rounds 5
    schedule 5, 6, 7, 4
    four_rounds 6
    schedule 6, 7, 4, 5
    four_rounds 7
    schedule 7, 4, 5, 6
    subs    w6, w6, #1
    b.ne    2b
    four_rounds 4
    four_rounds 5
    four_rounds 6
    four_rounds 7
    add     v0.4s, v0.4s, v2.4s
    add     v1.4s, v1.4s, v3.4s
    subs    x2, x2, #1
    b.ne    1b
    st1     {v0.4s, v1.4s}, [x0]
    ldp     q2, q3, [sp, #32]
    ldp     q4, q5, [sp, #64]
    ldp     q6, q7, [sp, #96]
    ldp     q0, q1, [sp], #128
    ret
