// A SIPI brings the other vCPUs here, in real mode. For guests with more than one: SecondaryIndex says which comes.
#include "Guest.h"
    .intel_syntax noprefix

    .text
    .p2align 4
trampoline:
    .code16
    cli
    xor     ax, ax
    mov     ds, ax
    .byte   0x66, 0x0f, 0x01, 0x16      // lgdt, 32-bit base, from an absolute address
    .short  TRAMPOLINE + trampoline_gdt - trampoline
    mov     eax, cr0
    or      al, 1
    mov     cr0, eax
    .byte   0x66, 0xea                  // jmp far to flat 32-bit code
    .long   secondary
    .short  CODE32_SELECTOR
trampoline_gdt:
    .short  4 * 8 - 1
trampoline_gdt_base:
    .long   0                           // PrepareSecondaries
trampoline_end:

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
    mov     rax, [gdt_pointer + 2]
    mov     [trampoline_gdt_base], eax
    mov     rsi, offset trampoline
    mov     edi, TRAMPOLINE
    mov     rcx, offset trampoline_end
    sub     rcx, rsi
    rep movsb
    ret

    .data
secondary_index:
    .long   0
