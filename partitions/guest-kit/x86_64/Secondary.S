// A SIPI brings the other vCPUs here, in real mode. For guests with more than one: SecondaryIndex says which comes.
#include "Guest.h"

#define GDT_BASE        32                  // in the trampoline
    .intel_syntax noprefix

    .section .rodata                    // it runs as a copy
    .p2align 4
trampoline:
    .code16
    cli
    xor     ax, ax
    mov     ds, ax
    .byte   0x66, 0x0f, 0x01, 0x16      // lgdt, 32-bit base, from an absolute address
    .short  TRAMPOLINE + GDT_BASE - 2
    mov     eax, cr0
    or      al, 1
    mov     cr0, eax
    .byte   0x66, 0xea                  // jmp far to flat 32-bit code
    .long   secondary
    .short  CODE32_SELECTOR
    .org    trampoline + GDT_BASE - 2
    .short  4 * 8 - 1
    .org    trampoline + GDT_BASE
    .long   0                           // in the copy: PrepareSecondary
trampoline_end:

    .text
    .code32
secondary:
    mov     eax, DATA_SELECTOR
    mov     ds, eax
    mov     es, eax
    mov     ss, eax
    mov     eax, [secondary_index]
    inc     eax
    imul    esp, eax, STACK_SIZE
    add     esp, offset stacks
    call    long_mode
    .code64
    mov     eax, [secondary_index]
    inc     eax
    imul    rax, rax, STACK_SIZE
    mov     rsp, offset stacks
    add     rsp, rax
    call    LoadVectors
    mov     edi, [secondary_index]
    call    GuestSecondary
1:  cli
    hlt
    jmp     1b

// PrepareSecondary(index): what the next SIPI to TRAMPOLINE's page starts.
    .global PrepareSecondary
PrepareSecondary:
    mov     [secondary_index], edi
    mov     rsi, offset trampoline
    mov     edi, TRAMPOLINE
    mov     rcx, offset trampoline_end
    sub     rcx, rsi
    rep movsb
    mov     rax, [gdt_pointer + 2]
    mov     [TRAMPOLINE + GDT_BASE], eax
    ret

    .data
secondary_index:
    .long   0
