// What ILC's code and our CoreLib call below C#: block moves, ILC's fixed entry points, the bug stop.
// Shared by every x86-64 binary of the project. System V calls; no SIMD, which belongs to the guest.
    .intel_syntax noprefix
    .text

// void* memmove(void* destination, const void* source, size_t bytes). The direction flag is clear (psABI 3.2.1).
    .global memmove, memcpy
    .p2align 4
memmove:
memcpy:
    mov     rax, rdi
    mov     rcx, rdi
    sub     rcx, rsi
    cmp     rcx, rdx
    jb      5f                      // destination inside source's range: copy from the end
    cmp     rdx, 64
    jae     4f
1:  sub     rdx, 8
    jb      2f
    mov     rcx, [rsi]
    mov     [rdi], rcx
    add     rsi, 8
    add     rdi, 8
    jmp     1b
2:  add     rdx, 8
    jz      9f
3:  mov     cl, [rsi]
    mov     [rdi], cl
    inc     rsi
    inc     rdi
    dec     rdx
    jnz     3b
    ret
4:  mov     rcx, rdx
    shr     rcx, 3
    and     edx, 7
    rep movsq
    test    edx, edx
    jnz     3b
    ret
5:  test    rcx, rcx
    jz      9f
6:  sub     rdx, 8
    jb      7f
    mov     rcx, [rsi + rdx]
    mov     [rdi + rdx], rcx
    jmp     6b
7:  add     rdx, 8
    jz      9f
8:  dec     rdx
    mov     cl, [rsi + rdx]
    mov     [rdi + rdx], cl
    jnz     8b
9:  ret

// void* memset(void* destination, int value, size_t bytes)
    .global memset
    .p2align 4
memset:
    mov     r8, rdi
    movzx   eax, sil
    mov     rcx, 0x0101010101010101
    imul    rax, rcx
    mov     rcx, rdx
    shr     rcx, 3
    rep stosq
    mov     ecx, edx
    and     ecx, 7
    rep stosb
    mov     rax, r8
    ret

// ILC wraps exported methods in this pair; there is no runtime to tell.
    .global RhpReversePInvoke, RhpReversePInvokeReturn
RhpReversePInvoke:
RhpReversePInvokeReturn:
    ret

// A frame of more than a page touches each page on its way down, so that no stack's guard page is stepped over.
// In: r11 = the lowest address of the frame. All registers are kept.
    .global RhpStackProbe
RhpStackProbe:
    push    rax
    lea     rax, [rsp + 16]
1:  sub     rax, 4096
    test    [rax], eax
    cmp     rax, r11
    ja      1b
    pop     rax
    ret

// Bug.Stop(kind): the caller's return address says where. Reached by a call, so the stack is a caller's.
    .global BugStop, RhpFallbackFailFast
RhpFallbackFailFast:
    mov     edi, 7
BugStop:
    mov     rsi, [rsp]
    jmp     ReportBug               // each binary's own C#

    .data
    .p2align 3
    .global __security_cookie
__security_cookie:
    .quad   0x9c3ad2e58f6b7104
