// The world switch on AMD-V (APM 2 15.5). A CPU's stack ends where its vCPU begins, and VMRUN keeps RSP: an exit finds
// its vCPU (Guest/Vcpu.cs) at RSP and needs no lookup.
//
// From SvmReady on the global interrupt flag is clear and RFLAGS.IF set whenever C# runs: physical interrupts leave a
// guest (V_INTR_MASKING takes the host's IF, APM 2 15.21.1), and neither they nor NMIs come in the hypervisor but in the
// windows below. An NMI within the exit stays pending until then.
    .intel_syntax noprefix
#include "GuestRegisters.h"
    .text

// An entry of the CPU's exit ring (hv-core/BlackBox/TraceEntry.cs), its time last: 11 instructions, 12 where the guest's
// RDX is still wanted. ECX is the guest's.
    .macro trace_on detail, keep
    add     word ptr [rsp + VCPU_TRACE], TRACE_ENTRY    // 16 bits: the ring wraps
    mov     r8, [rsp + VCPU_TRACE]
    mov     [r8 + 8], eax
    mov     [r8 + 12], ecx
    mov     rdx, [\detail]
    mov     [r8 + 16], rdx
    mov     rdx, [rsi + VMCB_RIP]
    mov     [r8 + 24], rdx
    rdtsc
    mov     [r8], eax
    mov     [r8 + 4], edx
    .ifnb \keep
    load    rdx, 2
    .endif
    .endm
    .macro trace_off detail, keep
    .endm

// What waits is injected where the CPU would not deliver it by itself (Svm/SvmInjection.cs).
    .macro inject_on
    mov     rdi, rsp
    mov     rsi, [rsp + VCPU_VMCB]
    call    SvmInject
    .endm
    .macro inject_off
    .endm

// The world switch, with and without either: what is off costs nothing.
    .macro svm_world traced, injecting
    mov     rsp, rdi
.Lenter_all\@:
    rest    load
.Lenter\@:
    inject\injecting
    movaps  xmm0, [rsp + VCPU_XMM0]
    movaps  xmm8, [rsp + VCPU_XMM8]
    scratch load
    mov     rax, [rsp + VCPU_VMCB_PHYSICAL]
    vmload  rax                     // FS, GS, TR, LDTR, system call and SYSENTER registers
    vmrun   rax
    vmsave  rax                     // VMRUN kept the host's RAX and RSP (APM 2 15.5.1)
    scratch store
    movaps  [rsp + VCPU_XMM0], xmm0
    movaps  [rsp + VCPU_XMM8], xmm8
    mov     rax, [rsp + VCPU_HOST_VMCB]
    vmload  rax                     // our TR: its stacks are what a fault of ours needs
    mov     rsi, [rsp + VCPU_VMCB]
    mov     rdi, rsp
    // Two tiers, as on arm64: these touch no register that C# keeps, every other exit may touch any.
    mov     eax, [rsi + VMCB_EXIT_CODE]
    cmp     eax, EXIT_MSR
    je      .Lexit_msr\@
    cmp     eax, EXIT_INTR
    je      .Lexit_interrupt\@
    cmp     eax, EXIT_VMMCALL
    je      .Lexit_vmmcall\@
    cmp     eax, EXIT_IOIO
    je      .Lexit_port\@
    cmp     eax, EXIT_CPUID
    je      .Lexit_cpuid\@
.Lexit_other\@:
    trace\traced rsi + VMCB_EXIT_INFO2
    rest    store
    call    SvmExit
    jmp     .Lenter_all\@
.Lexit_msr\@:                         // RDX and RCX, the third and fourth arguments, are still the guest's
    trace\traced rsi + VMCB_EXIT_INFO1, keep_rdx
    cmp     dword ptr [rsi + VMCB_EXIT_INFO1], 0
    je      .Lexit_rdmsr\@
    cmp     ecx, X2APIC_EOI
    je      .Lexit_eoi\@
    cmp     ecx, X2APIC_ICR
    je      .Lexit_icr\@
    cmp     ecx, X2APIC_INITIAL_COUNT
    je      .Lexit_initial_count\@
    call    SvmWriteMsr
    jmp     .Lenter\@
.Lexit_eoi\@:
    call    SvmEndInterrupt
    jmp     .Lenter\@
.Lexit_icr\@:
    call    SvmSendInterrupt
    jmp     .Lenter\@
.Lexit_initial_count\@:
    call    SvmStartTimer
    jmp     .Lenter\@
.Lexit_rdmsr\@:
    call    SvmReadMsr
    jmp     .Lenter\@
.Lexit_interrupt\@:                   // what SvmTakeInterrupt does
    trace\traced rsi + VMCB_EXIT_INFO1
    xor     eax, eax
    stgi
    nop
    clgi
    sti
    mov     edx, eax
    call    SvmInterrupt
    jmp     .Lenter\@
.Lexit_port\@:
    test    byte ptr [rsi + VMCB_EXIT_INFO1], IOIO_STRING
    jnz     .Lexit_other\@
    trace\traced rsi + VMCB_EXIT_INFO1
    test    byte ptr [rsi + VMCB_EXIT_INFO1], IOIO_IN
    jz      1f
    call    SvmIn
    jmp     .Lenter\@
1:  call    SvmOut
    jmp     .Lenter\@
.Lexit_cpuid\@:                       // EBX is a result
    trace\traced rsi + VMCB_RAX
    call    SvmCpuid
    load    rbx, 3
    jmp     .Lenter\@
.Lexit_vmmcall\@:
    trace\traced rsi + VMCB_RAX
    call    SvmVmmcall
    jmp     .Lenter\@
    .endm

// EnterSvm(ref Vcpu) and its kin leave C# for good; the stack below the vCPU is free again.
    .macro svm_entry name, traced, injecting
    .global \name
    .p2align 4
\name:
    svm_world \traced, \injecting
    .endm
    svm_entry EnterSvm, _off, _off
    svm_entry EnterSvmTraced, _on, _off
    svm_entry EnterSvmInjecting, _off, _on
    svm_entry EnterSvmInjectingTraced, _on, _on

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
