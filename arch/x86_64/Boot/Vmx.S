// The world switch on VT-x (SDM 3 ch. 26, 27). HOST_RSP is the vCPU at the top of its CPU's stack (Guest/Vcpu.cs), so an
// exit needs no lookup; interrupts are acknowledged by the exit itself and never open in the hypervisor but in the
// windows of Vectors.S. An NMI may come at any time and has a stack of its own.
    .intel_syntax noprefix
#include "GuestRegisters.h"
    .text

// EnterVmx(ref Vcpu): leaves C# for good; the stack below the vCPU is free again.
    .global EnterVmx, VmxExitPoint
    .p2align 4
EnterVmx:
    mov     rsp, rdi
.Lenter_vmx:
    movaps  xmm0, [rsp + VCPU_XMM0]
    movaps  xmm8, [rsp + VCPU_XMM8]
    cmp     byte ptr [rsp + VCPU_LAUNCHED], 0
    rest    load
    scratch load
    load    rax, 0
    je      2f
    vmresume
    jmp     3f
2:  mov     byte ptr [rsp + VCPU_LAUNCHED], 1
    vmlaunch
3:  mov     rdi, rsp                // falls through only where VMX refuses the VMCS
    call    VmxEntryFailed
    jmp     halt
    .p2align 4
VmxExitPoint:
    rest    store
    scratch store
    store   rax, 0
    movaps  [rsp + VCPU_XMM0], xmm0
    movaps  [rsp + VCPU_XMM8], xmm8
    mov     rdi, rsp
    call    VmxExit
    jmp     .Lenter_vmx

// The same where exits are traced (hv-core/BlackBox/TraceEntry.cs): 12 instructions more. ECX is the guest's.
    .global VmxExitPointTraced
    .p2align 4
VmxExitPointTraced:
    rest    store
    scratch store
    store   rax, 0
    movaps  [rsp + VCPU_XMM0], xmm0
    movaps  [rsp + VCPU_XMM8], xmm8
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
    mov     rdi, rsp
    call    VmxExit
    jmp     .Lenter_vmx

// ulong VmRead(uint field), void VmWrite(uint field, ulong value)
    .global VmRead, VmWrite
    .p2align 4
VmRead:
    mov     edi, edi
    vmread  rax, rdi
    ret
    .p2align 4
VmWrite:
    mov     edi, edi
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
