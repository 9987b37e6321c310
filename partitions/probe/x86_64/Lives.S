// Lives.cs.
    .intel_syntax noprefix

#define X2APIC_ICR      0x830
#define TO_SELF_NMI     0x4400              // asserted, delivery mode NMI, to local APIC 0

    .macro send_nmi
    mov     ecx, X2APIC_ICR
    mov     eax, TO_SELF_NMI
    xor     edx, edx
    wrmsr
    .endm

    .text
// ulong Probe_ReadVectors(): any bit of the vector registers but XMM0 and XMM8, which the compiler copies structs with.
    .global Probe_ReadVectors, Probe_SoilVectors, Probe_EndInNmi
Probe_ReadVectors:
    pxor    xmm0, xmm0
    .irp    number, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15
    por     xmm0, xmm\number
    .endr
    movq    rax, xmm0
    psrldq  xmm0, 8
    movq    rcx, xmm0
    or      rax, rcx
    ret
Probe_SoilVectors:
    movq    xmm0, rdi
    punpcklqdq xmm0, xmm0
    .irp    number, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    movdqa  xmm\number, xmm0
    .endr
    ret

// Probe_EndInNmi(port, value): what is written there ends the guest; without a port three faults do.
Probe_EndInNmi:
    mov     r8d, edi
    mov     r9d, esi
    mov     edi, 2
    lea     rsi, [rip + last_nmi]
    call    SetGate
    send_nmi
1:  pause
    jmp     1b
last_nmi:
    send_nmi                                // held back until an IRET that never comes
    mov     edx, r8d
    mov     eax, r9d
    test    edx, edx
    jz      Probe_FaultWithoutTable
    out     dx, al
1:  pause
    jmp     1b
