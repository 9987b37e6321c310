// SHA-256 with the CPU's instructions (SDM 2B SHA256RNDS2, SHA256MSG1, SHA256MSG2). In a section of its own, so that a
// binary without SHA-256 is without it.
    .intel_syntax noprefix
    .section .text.Sha256, "ax"

// uint HasSha256Instructions(): CPUID leaf 7, EBX bit 29. SSSE3 and SSE4.1, which are used beside them, are older.
    .global HasSha256Instructions
    .p2align 4
HasSha256Instructions:
    push    rbx
    xor     eax, eax
    cpuid
    cmp     eax, 7
    mov     eax, 0
    jb      1f
    mov     eax, 7
    xor     ecx, ecx
    cpuid
    mov     eax, ebx
    shr     eax, 29
    and     eax, 1
1:  pop     rbx
    ret

    // Four rounds: xmm1 is ABEF, xmm2 CDGH, r8 the next four constants.
    .macro four_rounds words
    movdqu  xmm0, [r8]
    add     r8, 16
    paddd   xmm0, xmm\words
    sha256rnds2 xmm2, xmm1
    pshufd  xmm0, xmm0, 0x0e
    sha256rnds2 xmm1, xmm2
    .endm

    // The words that replace the first four: sixteen rounds on.
    .macro schedule first, second, third, fourth
    movdqa  xmm0, xmm\fourth
    palignr xmm0, xmm\third, 4
    sha256msg1 xmm\first, xmm\second
    paddd   xmm\first, xmm0
    sha256msg2 xmm\first, xmm\fourth
    .endm

    .macro words number
    movdqu  xmm\number, [rsi + (\number - 3) * 16]
    pshufb  xmm\number, xmm8
    .endm

// Sha256Blocks(state, data, blocks, constants): at least one block. XMM1 to XMM7 may be the guest's: saved here. XMM0 and
// XMM8 are saved by every exit. Legacy moves leave the upper halves of YMM registers alone.
    .global Sha256Blocks
    .p2align 4
Sha256Blocks:
    sub     rsp, 152
    movups  [rsp], xmm1
    movups  [rsp + 16], xmm2
    movups  [rsp + 32], xmm3
    movups  [rsp + 48], xmm4
    movups  [rsp + 64], xmm5
    movups  [rsp + 80], xmm6
    movups  [rsp + 96], xmm7
    movdqu  xmm8, [rip + big_endian]
    movdqu  xmm1, [rdi]             // DCBA
    movdqu  xmm2, [rdi + 16]        // HGFE
    pshufd  xmm1, xmm1, 0xb1        // CDAB
    pshufd  xmm2, xmm2, 0x1b        // EFGH
    movdqa  xmm7, xmm1
    palignr xmm1, xmm2, 8           // ABEF
    pblendw xmm2, xmm7, 0xf0        // CDGH
1:  movups  [rsp + 112], xmm2
    movdqa  xmm7, xmm1
    words   3
    words   4
    words   5
    words   6
    mov     r8, rcx
    mov     eax, 3
2:  four_rounds 3
    schedule 3, 4, 5, 6
    four_rounds 4
    schedule 4, 5, 6, 3
    four_rounds 5
    schedule 5, 6, 3, 4
    four_rounds 6
    schedule 6, 3, 4, 5
    dec     eax
    jnz     2b
    four_rounds 3
    four_rounds 4
    four_rounds 5
    four_rounds 6
    paddd   xmm1, xmm7
    movups  xmm0, [rsp + 112]
    paddd   xmm2, xmm0
    add     rsi, 64
    dec     rdx
    jnz     1b
    pshufd  xmm1, xmm1, 0x1b        // FEBA
    pshufd  xmm2, xmm2, 0xb1        // DCHG
    movdqa  xmm7, xmm1
    pblendw xmm1, xmm2, 0xf0        // DCBA
    palignr xmm2, xmm7, 8           // HGFE
    movdqu  [rdi], xmm1
    movdqu  [rdi + 16], xmm2
    movups  xmm1, [rsp]
    movups  xmm2, [rsp + 16]
    movups  xmm3, [rsp + 32]
    movups  xmm4, [rsp + 48]
    movups  xmm5, [rsp + 64]
    movups  xmm6, [rsp + 80]
    movups  xmm7, [rsp + 96]
    add     rsp, 152
    ret

    .section .rodata.Sha256, "a"
    .p2align 4
big_endian:
    .byte   3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12
