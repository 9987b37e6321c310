// What ILC's code and our CoreLib call below C#: block moves, ILC's fixed entry points, the bug stop.
// Shared by every arm64 binary of the project.
    .text

// void* memmove(void* destination, const void* source, size_t bytes)
    .global memmove, memcpy
    .p2align 4
memmove:
memcpy:
    sub     x3, x0, x1
    cmp     x3, x2
    b.lo    4f                      // destination inside source's range: copy from the end
    mov     x4, x0
1:  subs    x2, x2, #32
    b.lo    2f
    ldp     x5, x6, [x1], #16
    ldp     x7, x8, [x1], #16
    stp     x5, x6, [x4], #16
    stp     x7, x8, [x4], #16
    b       1b
2:  adds    x2, x2, #32
    b.eq    6f
    tbz     x2, #4, 3f
    ldp     x5, x6, [x1], #16
    stp     x5, x6, [x4], #16
3:  tbz     x2, #3, 31f
    ldr     x5, [x1], #8
    str     x5, [x4], #8
31: ands    x2, x2, #7
    b.eq    6f
32: ldrb    w5, [x1], #1
    strb    w5, [x4], #1
    subs    x2, x2, #1
    b.ne    32b
    ret
4:  add     x1, x1, x2
    add     x4, x0, x2
5:  subs    x2, x2, #8
    b.lo    51f
    ldr     x5, [x1, #-8]!
    str     x5, [x4, #-8]!
    b       5b
51: adds    x2, x2, #8
    b.eq    6f
52: ldrb    w5, [x1, #-1]!
    strb    w5, [x4, #-1]!
    subs    x2, x2, #1
    b.ne    52b
6:  ret

// void* memset(void* destination, int value, size_t bytes)
    .global memset
    .p2align 4
memset:
    and     x1, x1, #0xff
    mov     x4, #0x0101010101010101
    mul     x1, x1, x4
    mov     x4, x0
1:  subs    x2, x2, #16
    b.lo    2f
    stp     x1, x1, [x4], #16
    b       1b
2:  adds    x2, x2, #16
    b.eq    4f
3:  strb    w1, [x4], #1
    subs    x2, x2, #1
    b.ne    3b
4:  ret

// ILC wraps exported methods in this pair; there is no runtime to tell.
    .global RhpReversePInvoke, RhpReversePInvokeReturn
RhpReversePInvoke:
RhpReversePInvokeReturn:
    ret

// Bug.Stop(kind): the caller's return address says where.
    .global BugStop, RhpFallbackFailFast
RhpFallbackFailFast:
    mov     w0, #7
BugStop:
    mov     x1, x30
    b       ReportBug               // each binary's own C#

    .data
    .p2align 3
    .global __security_cookie
__security_cookie:
    .quad   0x9c3ad2e58f6b7104
