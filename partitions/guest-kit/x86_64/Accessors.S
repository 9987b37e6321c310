// Registers, ports, device accesses and the few instructions C# has no words for. System V calls.
    .intel_syntax noprefix
    .text

    .global Device_Read32, Device_Write32
Device_Read32:
    mov     eax, [rdi]
    ret
Device_Write32:
    mov     [rdi], esi
    ret

    .global Port_In8, Port_Out8
Port_In8:
    mov     edx, edi
    in      al, dx
    movzx   eax, al
    ret
Port_Out8:
    mov     edx, edi
    mov     eax, esi
    out     dx, al
    ret

    .global Cpu_ReadMsr, Cpu_WriteMsr, Cpu_ReadTsc, Cpu_ReadCr0, Cpu_ReadCr2, Cpu_ReadCr3, Cpu_Cpuid
Cpu_ReadMsr:
    mov     ecx, edi
    xor     eax, eax
    xor     edx, edx
    rdmsr
    shl     rdx, 32
    or      rax, rdx
    ret
Cpu_WriteMsr:
    mov     ecx, edi
    mov     eax, esi
    mov     rdx, rsi
    shr     rdx, 32
    wrmsr
    ret
Cpu_ReadTsc:
    lfence                              // not before what stands before (SDM vol 2, RDTSC)
    rdtsc
    shl     rdx, 32
    or      rax, rdx
    ret
Cpu_ReadCr0:
    mov     rax, cr0
    ret
Cpu_ReadCr2:
    mov     rax, cr2
    ret
Cpu_ReadCr3:
    mov     rax, cr3
    ret
Cpu_Cpuid:                              // (leaf, subleaf, registers)
    push    rbx
    mov     r8, rdx
    mov     eax, edi
    mov     ecx, esi
    cpuid
    mov     [r8], eax
    mov     [r8 + 4], ebx
    mov     [r8 + 8], ecx
    mov     [r8 + 12], edx
    pop     rbx
    ret

    .global Cpu_MaskInterrupts, Cpu_UnmaskInterrupts, Cpu_WaitUnmasked, Cpu_Halt, Cpu_Yield
Cpu_MaskInterrupts:
    cli
    ret
Cpu_UnmaskInterrupts:
    sti
    nop
    ret
Cpu_WaitUnmasked:
    sti                                 // its shadow closes the gap before HLT
    hlt
    ret
Cpu_Halt:
    cli
    hlt
    jmp     Cpu_Halt
Cpu_Yield:
    pause
    ret

// Call by VMCALL (Intel) or VMMCALL (AMD): (function, a1, a2); function in RAX, arguments in RDI and RSI.
    .global Vmcall, Vmmcall
Vmcall:
    mov     rax, rdi
    mov     rdi, rsi
    mov     rsi, rdx
    vmcall
    ret
Vmmcall:
    mov     rax, rdi
    mov     rdi, rsi
    mov     rsi, rdx
    vmmcall
    ret
