// The hypervisor's own interrupts and exceptions: 128 stubs of 16 bytes (Host/InterruptTable.cs points the IDT at
// them, Host/HostVector.cs says what comes).
//
// Exceptions are our own bugs or the machine's failure: every register goes into a report and the board stops. An NMI
// is counted and returns, wherever it came; while the board stops it ends its CPU. Interrupts arrive only in the two
// windows at the end of this file, which hand the vector to C#: nothing of ours ever runs inside another context.
#include "Layout.h"
    .intel_syntax noprefix
    .text

    .p2align 4
    .global vectors
vectors:
    .set vector, 0
    .rept 128
    .p2align 4
    .if vector == 2
    inc     qword ptr [rsp + 40 - NMI_STACK_TOP + CPU_TABLES + NMI_COUNT]
    jmp     after_nmi
    .elseif vector < 32
    .if vector != 8 && (vector < 10 || vector > 14) && vector != 17 && vector != 21 && vector != 29 && vector != 30
    push    0                       // SDM 3 table 6-1, APM 2 table 8-1: the others push an error code
    .endif
    push    vector
    jmp     own_exception
    .else
    mov     eax, vector
    and     byte ptr [rsp + 17], ~2 // RFLAGS.IF: one at a time, or a second vector would take EAX
    iretq
    .endif
    .set vector, vector + 1
    .endr

    .p2align 4
after_nmi:
    cmp     byte ptr [rip + board_stopped], 0
    jne     halt
    iretq

own_exception:                      // ExceptionFrame, from its end
    push    r15
    push    r14
    push    r13
    push    r12
    push    r11
    push    r10
    push    r9
    push    r8
    push    rbp
    push    rdi
    push    rsi
    push    rdx
    push    rcx
    push    rbx
    push    rax
    mov     rdi, rsp
    cld
    call    HypervisorException     // 22 quadwords below a 16-byte boundary: the stack is aligned
    jmp     halt

// uint TakeInterrupt(): the vector of one pending interrupt, or 0.
    .global TakeInterrupt, WaitForInterrupt
TakeInterrupt:
    xor     eax, eax
    sti
    nop                             // STI's shadow: interrupts come after this
    cli
    ret

// uint WaitForInterrupt(): sleeps until there is one; 0 when an NMI woke it. STI's shadow closes the gap before HLT.
WaitForInterrupt:
    xor     eax, eax
    sti
    hlt
    cli
    ret

// LeaveGuest(ref Vcpu): whatever was under way on this CPU for its guest is over; its stack begins anew.
    .global LeaveGuest
LeaveGuest:
    mov     rsp, rdi
    call    HypervisorReturn
    jmp     halt

// StopBoard(): nothing carries on: every other CPU halts at its next NMI.
    .global MarkBoardStopped
MarkBoardStopped:
    mov     al, 1
    xchg    [rip + board_stopped], al
    movzx   eax, al                 // whether it was before
    ret

    .bss
board_stopped:      .byte 0
