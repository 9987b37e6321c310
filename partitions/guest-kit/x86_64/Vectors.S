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

// LoadVectors(): one interrupt gate for each stub. On every vCPU; the table is made by whoever comes first.
    .global LoadVectors
LoadVectors:
    mov     rdi, offset idt
    mov     rax, offset stubs
    mov     ecx, 256
1:  mov     word ptr [rdi], ax
    mov     dword ptr [rdi + 2], CODE_SELECTOR
    mov     byte ptr [rdi + 5], 0x8e    // present, 64-bit interrupt gate
    mov     rdx, rax
    shr     rdx, 16
    mov     word ptr [rdi + 6], dx
    shr     rdx, 16
    mov     dword ptr [rdi + 8], edx
    mov     dword ptr [rdi + 12], 0
    add     rdi, 16
    add     rax, STUB_SIZE
    dec     ecx
    jnz     1b
    lidt    [idt_pointer]
    ret

    .data
    .p2align 3
idt_pointer:
    .short  256 * 16 - 1
    .quad   idt

    .bss
    .p2align 4
idt: .space 256 * 16
