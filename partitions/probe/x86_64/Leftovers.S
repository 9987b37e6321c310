// Leftovers.cs.
    .intel_syntax noprefix
    .text

// ulong Probe_ReadRegisters(): any bit of the breakpoint addresses and CR2.
    .global Probe_ReadRegisters, Probe_SoilRegisters
Probe_ReadRegisters:
    mov     rax, cr2
    mov     rcx, dr0
    or      rax, rcx
    mov     rcx, dr1
    or      rax, rcx
    mov     rcx, dr2
    or      rax, rcx
    mov     rcx, dr3
    or      rax, rcx
    ret
Probe_SoilRegisters:
    mov     dr0, rdi
    mov     dr1, rdi
    mov     dr2, rdi
    mov     dr3, rdi
    mov     cr2, rdi
    ret
