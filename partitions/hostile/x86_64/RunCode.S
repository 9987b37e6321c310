// Code that is written while the guest runs, and what it needs. System V calls.
    .intel_syntax noprefix
    .text

// RunCode(code, x): calls it with the general registers but RSP from x[0..14] (RAX, RCX, RDX, RBX, RBP, RSI, RDI, R8 to
// R15), and keeps there what it left. A fault comes back by RunCodeEnd with the stack of before: FaultTrap.cs.
    .global RunCode, RunCodeEnd
RunCode:
    push    rbx
    push    rbp
    push    r12
    push    r13
    push    r14
    push    r15
    push    rsi
    mov     [run_stack], rsp
    mov     [run_code], rdi
    mov     rax, [rsi]
    mov     rcx, [rsi + 8]
    mov     rdx, [rsi + 16]
    mov     rbx, [rsi + 24]
    mov     rbp, [rsi + 32]
    mov     rdi, [rsi + 48]
    mov     r8, [rsi + 56]
    mov     r9, [rsi + 64]
    mov     r10, [rsi + 72]
    mov     r11, [rsi + 80]
    mov     r12, [rsi + 88]
    mov     r13, [rsi + 96]
    mov     r14, [rsi + 104]
    mov     r15, [rsi + 112]
    mov     rsi, [rsi + 40]
    .att_syntax
    call    *run_code                       // clang's other syntax makes a direct call of it
    .intel_syntax noprefix
RunCodeEnd:
    mov     rsp, [run_stack]
    cld
    xchg    rsi, [rsp]                      // x; what RSI was is kept on the stack
    mov     [rsi], rax
    mov     [rsi + 8], rcx
    mov     [rsi + 16], rdx
    mov     [rsi + 24], rbx
    mov     [rsi + 32], rbp
    mov     [rsi + 48], rdi
    mov     [rsi + 56], r8
    mov     [rsi + 64], r9
    mov     [rsi + 72], r10
    mov     [rsi + 80], r11
    mov     [rsi + 88], r12
    mov     [rsi + 96], r13
    mov     [rsi + 104], r14
    mov     [rsi + 112], r15
    pop     rax
    mov     [rsi + 40], rax
    pop     r15
    pop     r14
    pop     r13
    pop     r12
    pop     rbp
    pop     rbx
    ret

    .global AddressOfRunCodeEnd, FlushTlb
AddressOfRunCodeEnd:
    mov     rax, offset RunCodeEnd
    ret
FlushTlb:
    mov     rax, cr3
    mov     cr3, rax
    ret

    .data
    .p2align 3
    .global run_stack
run_stack:
    .quad   0
run_code:
    .quad   0
