// The world switch on VT-x (SDM 3 ch. 26, 27). HOST_RSP is the vCPU at the top of its CPU's stack (Guest/Vcpu.cs), so an
// exit needs no lookup; interrupts are acknowledged by the exit itself and never open in the hypervisor but in the
// windows of Vectors.S. An NMI may come at any time and has a stack of its own.
    .intel_syntax noprefix
#include "GuestRegisters.h"
    .text

// EnterVmx(ref Vcpu): leaves C# for good; the stack below the vCPU is free again.
    .global EnterVmx
    .p2align 4
EnterVmx:
    mov     rsp, rdi
    rest    load
    movaps  xmm0, [rsp + VCPU_XMM0]
    movaps  xmm8, [rsp + VCPU_XMM8]
    cmp     byte ptr [rsp + VCPU_LAUNCHED], 0
    scratch load
    load    rax, 0
    je      1f
    vmresume
    jmp     refused
1:  mov     byte ptr [rsp + VCPU_LAUNCHED], 1
    vmlaunch
refused:                            // only where VMX refuses the VMCS
    mov     rdi, rsp
    call    VmxEntryFailed
    jmp     halt

    .macro field register, number
    mov     e\register, \number
    vmread  r\register, r\register
    .endm

// A field into the vCPU and out of it.
    .macro get vcpu, offset, number
    mov     eax, \number
    vmread  [\vcpu + \offset], rax
    .endm
    .macro put vcpu, offset, number
    mov     eax, \number
    vmwrite rax, [\vcpu + \offset]
    .endm

// What an instruction that is decoded may ask for all the time (Vmx/VmxGuestState.cs), and what it may change.
    .macro load_state vcpu
    get     \vcpu, VCPU_RSP, VMCS_GUEST_RSP
    get     \vcpu, VCPU_RIP, VMCS_GUEST_RIP
    get     \vcpu, VCPU_RFLAGS, VMCS_GUEST_RFLAGS
    get     \vcpu, VCPU_CR3, VMCS_GUEST_CR3
    get     \vcpu, VCPU_CR4, VMCS_GUEST_CR4
    get     \vcpu, VCPU_EFER, VMCS_GUEST_EFER
    get     \vcpu, VCPU_CODE_ACCESS, VMCS_GUEST_CS_ACCESS
    .endm
    .macro store_state vcpu
    put     \vcpu, VCPU_RSP, VMCS_GUEST_RSP
    put     \vcpu, VCPU_RIP, VMCS_GUEST_RIP
    put     \vcpu, VCPU_RFLAGS, VMCS_GUEST_RFLAGS
    .endm

// Behind the exit's instruction, which ends a shadow of STI or MOV SS and may be single-stepped; leaves RFLAGS in EAX.
    .macro step seldom
    field   cx, VMCS_INSTRUCTION_LENGTH
    mov     edx, VMCS_GUEST_RIP
    vmread  rax, rdx
    add     rax, rcx
    vmwrite rdx, rax
    field   ax, VMCS_INTERRUPTIBILITY
    test    al, SHADOW
    jnz     \seldom
    field   ax, VMCS_GUEST_RFLAGS
    test    ah, RFLAGS_TF >> 8
    jnz     \seldom
    .endm

// Whether the local APIC has something for the guest: in IRR or from another CPU.
    .macro waiting deliver
    mov     rsi, [rsp + VCPU_APIC]
    mov     ecx, [rsi + APIC_INBOX]
    or      ecx, [rsi + APIC_PENDING]
    jnz     \deliver
    .endm

// An entry of the CPU's exit ring (hv-core/BlackBox/TraceEntry.cs): 12 instructions. ECX is the guest's.
    .macro trace_on
    add     word ptr [rsp + VCPU_TRACE], TRACE_ENTRY    // 16 bits: the ring wraps
    mov     r8, [rsp + VCPU_TRACE]
    mov     edx, VMCS_EXIT_REASON
    vmread  [r8 + 8], rdx
    mov     [r8 + 12], ecx
    mov     edx, VMCS_QUALIFICATION
    vmread  [r8 + 16], rdx
    mov     edx, VMCS_GUEST_RIP
    vmread  [r8 + 24], rdx
    rdtsc
    mov     [r8], eax
    mov     [r8 + 4], edx
    .endm
    .macro trace_off
    .endm

// The way out of a guest and back, with and without the trace: what is off costs nothing.
    .macro vmx_exit name, traced
    .global \name
    .p2align 4
\name:
    scratch store
    store   rax, 0
    movaps  [rsp + VCPU_XMM0], xmm0
    movaps  [rsp + VCPU_XMM8], xmm8
    trace\traced
    mov     rdi, rsp
    field   ax, VMCS_EXIT_REASON
    // Two tiers, as in Svm.S: these touch no register that C# keeps; an EPT violation and every other exit may touch any.
    cmp     eax, VMX_EXIT_WRMSR
    je      .Lvmx_wrmsr\@
    cmp     eax, VMX_EXIT_INTERRUPT
    je      .Lvmx_interrupt\@
    cmp     eax, VMX_EXIT_VMCALL
    je      .Lvmx_vmcall\@
    cmp     eax, VMX_EXIT_IO
    je      .Lvmx_port\@
    cmp     eax, VMX_EXIT_CPUID
    je      .Lvmx_cpuid\@
    cmp     eax, VMX_EXIT_RDMSR
    je      .Lvmx_rdmsr\@
    cmp     eax, VMX_EXIT_EPT_VIOLATION
    je      .Lvmx_memory\@
.Lvmx_other\@:
    mov     esi, eax
    rest    store
    call    VmxExit
    rest    load
.Lvmx_enter\@:
    field   ax, VMCS_GUEST_RFLAGS
.Lvmx_enter_flags\@:
    // With the guest's IF clear, bit 9, no entry without the backstop (Vmx/VmxBackstop.cs), bit 6 of the pin controls.
    shr     eax, 3
    or      eax, [rsp + VCPU_PIN_CONTROLS]
    test    al, PIN_PREEMPTION_TIMER
    jz      .Lvmx_backstop\@
.Lvmx_enter_now\@:
    movaps  xmm0, [rsp + VCPU_XMM0]
    movaps  xmm8, [rsp + VCPU_XMM8]
    scratch load
    load    rax, 0
    vmresume
    jmp     refused
.Lvmx_backstop\@:
    mov     rdi, rsp
    call    VmxStartBackstop
    jmp     .Lvmx_enter_now\@

.Lvmx_memory\@:
    field   cx, VMCS_IDT_VECTORING
    test    ecx, ecx                // bit 31: not the instruction at RIP made it
    js      .Lvmx_other\@
    rest    store
    load_state rsp
    field   si, VMCS_GUEST_PHYSICAL
    field   dx, VMCS_QUALIFICATION
    call    VmxEptViolation
    rest    load
    store_state rsp
    mov     edx, VMCS_INTERRUPTIBILITY
    vmread  rax, rdx
    test    al, SHADOW
    jnz     2f
1:  waiting .Lvmx_deliver\@
    mov     eax, [rsp + VCPU_RFLAGS]
    jmp     .Lvmx_enter_flags\@
2:  and     al, ~SHADOW & 0xff
    vmwrite rdx, rax
    jmp     1b

.Lvmx_wrmsr\@:                       // RCX is still the guest's
    cmp     ecx, X2APIC_EOI
    je      .Lvmx_eoi\@
    cmp     ecx, X2APIC_ICR
    je      .Lvmx_icr\@
    cmp     ecx, X2APIC_INITIAL_COUNT
    je      .Lvmx_initial_count\@
    call    VmxWriteMsr
    jmp     .Lvmx_done\@
.Lvmx_eoi\@:
    call    VmxEndInterrupt
    jmp     .Lvmx_done\@
.Lvmx_icr\@:
    call    VmxSendInterrupt
    jmp     .Lvmx_done\@
.Lvmx_initial_count\@:
    call    VmxStartTimer
    jmp     .Lvmx_done\@
.Lvmx_interrupt\@:
    field   si, VMCS_INTERRUPTION
    movzx   esi, sil
    call    VmxInterrupt
    waiting .Lvmx_deliver\@
    jmp     .Lvmx_enter\@
.Lvmx_vmcall\@:
    field   si, VMCS_GUEST_SS_ACCESS
    call    VmxVmcall
    jmp     .Lvmx_done\@
.Lvmx_rdmsr\@:
    call    VmxReadMsr
.Lvmx_done\@:                        // EAX says whether the instruction is; otherwise it has faulted
    test    eax, eax
    jnz     .Lvmx_next\@
    jmp     .Lvmx_enter\@
.Lvmx_port\@:
    field   si, VMCS_QUALIFICATION
    test    sil, IO_STRING
    jnz     .Lvmx_other\@
    test    sil, IO_IN
    jz      1f
    call    VmxIn
    jmp     .Lvmx_next\@
1:  call    VmxOut
    jmp     .Lvmx_next\@
.Lvmx_cpuid\@:                       // EBX is a result
    call    VmxCpuid
    load    rbx, 3
.Lvmx_next\@:
    step    .Lvmx_end\@
    waiting .Lvmx_deliver\@
    jmp     .Lvmx_enter_flags\@
.Lvmx_end\@:
    mov     rdi, rsp
    call    VmxEndInstruction
    waiting .Lvmx_deliver\@
    jmp     .Lvmx_enter\@
.Lvmx_deliver\@:
    mov     rdi, rsp
    call    VmxDeliver
    jmp     .Lvmx_enter\@
    .endm

    vmx_exit VmxExitPoint, _off
    vmx_exit VmxExitPointTraced, _on

// void VmxStepOver(ref Vcpu)
    .global VmxStepOver
    .p2align 4
VmxStepOver:
    step    VmxEndInstruction
    ret

// void VmxLoadState(ref Vcpu), VmxStoreState(ref Vcpu)
    .global VmxLoadState, VmxStoreState
    .p2align 4
VmxLoadState:
    load_state rdi
    ret
    .p2align 4
VmxStoreState:
    store_state rdi
    ret

// ulong VmxReadiness(): the guest's interruptibility in bits 4:0, its RFLAGS.IF in bit 9, and in bit 31 whether an event is
// already to be injected.
    .global VmxReadiness
    .p2align 4
VmxReadiness:
    field   ax, VMCS_INTERRUPTIBILITY
    field   cx, VMCS_GUEST_RFLAGS
    and     ecx, RFLAGS_IF
    or      eax, ecx
    field   cx, VMCS_ENTRY_INTERRUPTION
    and     ecx, INTERRUPTION_VALID
    or      eax, ecx
    ret

// ulong VmRead(ulong field), void VmWrite(ulong field, ulong value)
    .global VmRead, VmWrite
    .p2align 4
VmRead:
    vmread  rax, rdi
    ret
    .p2align 4
VmWrite:
    vmwrite rdi, rsi
    ret

// uint VmxOn(HostPhys*), VmClear(HostPhys*), VmLoad(HostPhys*): 1 when the instruction succeeded (SDM 3 30.2).
    .macro checked name, instruction
    .global \name
    .p2align 4
\name:
    \instruction [rdi]
    seta    al                      // neither CF (no current VMCS) nor ZF (an error number)
    movzx   eax, al
    ret
    .endm
    checked VmxOn, vmxon
    checked VmClear, vmclear
    checked VmLoad, vmptrld

// void InveptAll(), void InvvpidAll(): type 2 of each, all contexts.
    .global InveptAll, InvvpidAll
    .p2align 4
InveptAll:
    push    0
    push    0
    mov     eax, 2
    invept  rax, [rsp]
    add     rsp, 16
    ret
    .p2align 4
InvvpidAll:
    push    0
    push    0
    mov     eax, 2
    invvpid rax, [rsp]
    add     rsp, 16
    ret

    .global VmxHandleNmi
    .p2align 4
VmxHandleNmi:
    int     2
    ret

    .global AddressOfVmxExitPointTraced
    .p2align 4
AddressOfVmxExitPointTraced:
    lea     rax, [rip + VmxExitPointTraced]
    ret

    .global AddressOfVmxExitPoint
    .p2align 4
AddressOfVmxExitPoint:
    lea     rax, [rip + VmxExitPoint]
    ret
