// The interrupts that are measured: stamped as the third instruction of their vector, then what a kernel pays that calls C
// from here, the EOI and a second stamp. Exceptions are counted and stepped over in a few instructions.
#include "PerCpu.h"
    .intel_syntax noprefix
    .text

    .macro handler name, index, send_reply, is_reply
    .p2align 4
\name:
    push    rax
    push    rdx
    rdtsc
    push    rcx
    push    rsi
    push    rdi
    push    r8
    push    r9
    push    r10
    push    r11
    shl     rdx, 32
    or      rax, rdx
    mov     rdi, offset per_cpu + \index * PER_CPU_SIZE
    mov     [rdi + STAMP_ENTRY], rax
    .if     \send_reply
    mov     eax, VECTOR_REPLY
    mov     edx, [first_id]
    call    send
    .endif
    cmp     byte ptr [x2], 0
    je      1f
    mov     ecx, MSR_EOI
    xor     eax, eax
    xor     edx, edx
    wrmsr
    jmp     2f
1:  mov     eax, APIC_PAGE
    mov     dword ptr [rax + APIC_EOI], 0
2:  lfence
    rdtsc
    shl     rdx, 32
    or      rax, rdx
    mov     [rdi + STAMP_EOI], rax
    .if     \is_reply
    inc     qword ptr [rdi + REPLIES]
    .endif
    inc     qword ptr [rdi + COUNT]
    pop     r11
    pop     r10
    pop     r9
    pop     r8
    pop     rdi
    pop     rsi
    pop     rcx
    pop     rdx
    pop     rax
    iretq
    .endm

    handler self_or_timer, 0, 0, 0
    handler ping, 1, 1, 0
    handler reply, 0, 0, 1

// send: EAX = the ICR's lower half, EDX = an APIC id. Clobbers RCX.
    .global send
    .p2align 4
send:
    cmp     byte ptr [x2], 0
    je      1f
    mov     ecx, MSR_ICR
    wrmsr
    ret
1:  mov     ecx, APIC_PAGE
    shl     edx, 24
    mov     [rcx + APIC_ICR_HIGH], edx
    mov     [rcx + APIC_ICR], eax
    ret

    .p2align 4
general_protection:
    add     rsp, 8
invalid_opcode:
    push    rax
    push    rcx
    inc     dword ptr [exceptions]
    mov     rax, [rsp + 16]
    mov     ecx, 2                          // RDMSR, WRMSR
    cmp     byte ptr [rax + 1], 1
    jne     1f
    inc     ecx                             // VMCALL, VMMCALL
1:  add     rax, rcx
    mov     [rsp + 16], rax
    pop     rcx
    pop     rax
    iretq

// InstallHandlers(): in place of the kit's. SelectApic(x2, own id): how the handlers reach the APIC; vCPU 0 only.
    .global InstallHandlers, SelectApic, TakeExceptions
InstallHandlers:
    push    rbx
    .macro gate vector, handler
    mov     edi, \vector
    mov     rsi, offset \handler
    call    SetGate
    .endm
    gate    VECTOR_SELF, self_or_timer
    gate    VECTOR_TIMER, self_or_timer
    gate    VECTOR_PING, ping
    gate    VECTOR_REPLY, reply
    gate    6, invalid_opcode
    gate    13, general_protection
    pop     rbx
    ret
SelectApic:
    mov     [x2], dil
    mov     [first_id], esi
    ret
TakeExceptions:
    xor     eax, eax
    xchg    eax, [exceptions]
    ret

    .bss
    .p2align 8
    .global per_cpu, x2
per_cpu:    .space PER_CPU_SIZE * 2
first_id:   .long 0
exceptions: .long 0
x2:         .byte 0
