// The world switch on AMD-V (APM 2 15.5). A CPU's stack ends where its vCPU begins, and VMRUN keeps RSP: an exit finds
// its vCPU (Guest/Vcpu.cs) at RSP and needs no lookup.
//
// From SvmReady on the global interrupt flag is clear and RFLAGS.IF set whenever C# runs: physical interrupts leave a
// guest (V_INTR_MASKING takes the host's IF, APM 2 15.21.1), and neither they nor NMIs come in the hypervisor but in the
// windows below. An NMI within the exit stays pending until then.
#include "Layout.h"
    .intel_syntax noprefix
    .text

    .macro general operation
    \operation rcx, 1
    \operation rdx, 2
    \operation rbx, 3
    \operation rbp, 5
    \operation rsi, 6
    \operation rdi, 7
    \operation r8, 8
    \operation r9, 9
    \operation r10, 10
    \operation r11, 11
    \operation r12, 12
    \operation r13, 13
    \operation r14, 14
    \operation r15, 15
    .endm
    .macro store register, index
    mov     [rsp + VCPU_REGISTERS + \index * 8], \register
    .endm
    .macro load register, index
    mov     \register, [rsp + VCPU_REGISTERS + \index * 8]
    .endm

// EnterSvm(ref Vcpu): leaves C# for good; the stack below the vCPU is free again.
    .global EnterSvm
    .p2align 4
EnterSvm:
    mov     rsp, rdi
1:  movaps  xmm0, [rsp + VCPU_XMM0]
    movaps  xmm8, [rsp + VCPU_XMM8]
    general load
    mov     rax, [rsp + VCPU_VMCB_PHYSICAL]
    vmload  rax                     // FS, GS, TR, LDTR, system call and SYSENTER registers
    vmrun   rax
    vmsave  rax                     // VMRUN kept the host's RAX and RSP (APM 2 15.5.1)
    general store
    movaps  [rsp + VCPU_XMM0], xmm0
    movaps  [rsp + VCPU_XMM8], xmm8
    mov     rax, [rsp + VCPU_HOST_VMCB]
    vmload  rax                     // our TR: its stacks are what a fault of ours needs
    mov     rdi, rsp
    mov     rsi, [rsp + VCPU_VMCB]
    call    SvmExit
    jmp     1b

// SvmReady(ulong hostVmcb): from here as the head of this file says. EFER.SVME is set.
    .global SvmReady
    .p2align 4
SvmReady:
    clgi
    sti
    mov     rax, rdi
    vmsave  rax
    ret

// uint SvmTakeInterrupt(), uint SvmWaitForInterrupt(): the vector of the interrupt that came, or 0. The stub of an
// interrupt clears IF in the frame it returns by (Vectors.S), so that no second one can follow.
    .global SvmTakeInterrupt, SvmWaitForInterrupt
    .p2align 4
SvmTakeInterrupt:
    xor     eax, eax
    stgi
    nop
    clgi
    sti
    ret
    .p2align 4
SvmWaitForInterrupt:
    xor     eax, eax
    cli
    stgi
    sti                             // its shadow closes the gap before HLT
    hlt
    clgi
    sti
    ret
