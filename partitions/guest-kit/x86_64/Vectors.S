// Interrupts and exceptions that call C#: HandleException, and the guest's own HandleInterrupt from vector 32 on.
#include "Guest.h"
#include "Frame.h"
    .intel_syntax noprefix

#define STUB_SIZE       16

    .text
    .p2align 4
stubs:
    .set    vector, 0
    .rept   256
    .p2align 4
    .if     !(vector == 8 || (vector >= 10 && vector <= 14) || vector == 17 || vector == 21 || vector == 29 || vector == 30)
    push    0                           // all but these push an error code of their own (SDM vol 3, table 6-1)
    .endif
    push    vector
    .if     vector < 32
    jmp     exception
    .else
    jmp     interrupt
    .endif
    .set    vector, vector + 1
    .endr

exception:
    save_frame
    call    HandleException
    restore_frame
    iretq

interrupt:
    save_frame
    call    HandleInterrupt
    restore_frame
    iretq

// LoadVectors(): one interrupt gate for each stub, on the first vCPU to come; then the table, on each.
    .global LoadVectors, SetGate
LoadVectors:
    push    rbx
    push    rbp
    cmp     byte ptr [idt_made], 0
    jne     2f
    xor     ebx, ebx
    mov     rbp, offset stubs
1:  mov     edi, ebx
    mov     rsi, rbp
    call    SetGate
    add     rbp, STUB_SIZE
    inc     ebx
    cmp     ebx, 256
    jne     1b
    mov     byte ptr [idt_made], 1
2:  lidt    [idt_pointer]
    pop     rbp
    pop     rbx
    ret

// SetGate(vector, handler)
SetGate:
    shl     edi, 4
    add     rdi, offset idt
    mov     word ptr [rdi], si
    mov     dword ptr [rdi + 2], CODE_SELECTOR
    mov     byte ptr [rdi + 5], 0x8e    // present, 64-bit interrupt gate
    shr     rsi, 16
    mov     word ptr [rdi + 6], si
    shr     rsi, 16
    mov     dword ptr [rdi + 8], esi
    mov     dword ptr [rdi + 12], 0
    ret

    .data
    .p2align 3
idt_pointer:
    .short  256 * 16 - 1
    .quad   idt

    .bss
    .p2align 4
idt: .space 256 * 16
idt_made: .byte 0
