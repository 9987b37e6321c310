// A Linux process's first instruction, and system calls (number in RAX, result or -errno in RAX; RCX and R11 are lost).
    .intel_syntax noprefix
    .text
    .global _start
_start:
    xor     ebp, ebp
    mov     rdi, rsp                        // argc, argv[], 0, environment
    and     rsp, -16
    call    ProgramMain
    mov     edi, eax
    mov     eax, 231                        // exit_group
    syscall

// Linux_Call(number, a, b, c, d, e, f)
    .global Linux_Call
Linux_Call:
    mov     rax, rdi
    mov     rdi, rsi
    mov     rsi, rdx
    mov     rdx, rcx
    mov     r10, r8
    mov     r8, r9
    mov     r9, [rsp + 8]
    syscall
    ret

    .global Device_Read32, Device_Write32, Device_CopyTo, Device_CopyFrom
Device_Read32:
    mov     eax, [rdi]
    ret
Device_Write32:
    mfence
    mov     [rdi], esi
    ret
// Device_CopyTo(device, memory, words of 8 bytes)
Device_CopyTo:
Device_CopyFrom:
    mov     rcx, rdx
    rep movsq
    ret
