// NMIs (Scenarios/NonMaskable.cs).
    .intel_syntax noprefix

#define X2APIC_ICR      0x830
#define TO_SELF_NMI     0x4400              // asserted, delivery mode NMI, to local APIC 0

    .text
// Every other one sends the next from inside its handler, and leaves the hypervisor chances to deliver it there.
nmi_handler:
    push    rax
    push    rbx
    push    rcx
    push    rdx
    inc     qword ptr [nmi_depth]
    mov     rax, [nmi_depth]
    cmp     rax, [nmi_deepest]
    jbe     1f
    mov     [nmi_deepest], rax
1:  inc     qword ptr [nmi_count]
    test    byte ptr [nmi_count], 1
    jz      2f
    mov     ecx, X2APIC_ICR
    mov     eax, TO_SELF_NMI
    xor     edx, edx
    wrmsr
    xor     eax, eax
    cpuid
    xor     eax, eax
    cpuid
2:  dec     qword ptr [nmi_depth]
    pop     rdx
    pop     rcx
    pop     rbx
    pop     rax
    iretq

// NmiCounts* Probe_InstallNmiHandler()
    .global Probe_InstallNmiHandler
Probe_InstallNmiHandler:
    mov     edi, 2
    lea     rsi, [rip + nmi_handler]
    call    SetGate
    lea     rax, [rip + nmi_count]
    ret

    .bss
    .p2align 3
nmi_count:      .quad 0                     // NmiCounts.cs
nmi_deepest:    .quad 0
nmi_depth:      .quad 0
