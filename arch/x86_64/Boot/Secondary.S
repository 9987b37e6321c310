// The other CPUs: from the STARTUP IPI's real mode by way of Entry.S to C# (Hypervisor.Secondary).
#include "Layout.h"
    .intel_syntax noprefix

    .section .head, "a"
    // What a STARTUP IPI runs, copied into a page below 1 MiB (Host/ApStart.cs): real mode, CS = the page. Only to
    // protected mode; what follows runs in the image. Far accesses by hand: the assembler has no words for them here.
    .global ap_start, ap_start_end
    .p2align 3
ap_start:
    .code16
    jmp     1f
    .org    ap_start + AP_BASE      // filled in by Host/ApStart.cs
    .long   0                       // AP_BASE
    .long   0                       // AP_INDEX
    .long   0                       // AP_TARGET
    .short  CODE32_SELECTOR
    .short  BOOT_GDT_SIZE - 1
    .long   0                       // AP_GDT
1:  cli
    mov     ax, cs
    mov     ds, ax
    .byte   0x66, 0x0f, 0x01, 0x16  // lgdt, with all 32 bits of its base
    .short  AP_GDT - 2
    mov     ebp, dword ptr ds:[AP_BASE]
    mov     edi, dword ptr ds:[AP_INDEX]
    mov     eax, cr0
    or      al, 1
    mov     cr0, eax
    .byte   0x66, 0xff, 0x2e        // jmp far
    .short  AP_TARGET
ap_start_end:
    .code32

    .text
    .global ap_start32, ap_start64
// Another CPU, from the code at ap_start: EBP = physical base, EDI = its index.
ap_start32:
    mov     eax, DATA_SELECTOR
    mov     ds, eax
    mov     ss, eax
    imul    eax, edi, CPU_BLOCK_SIZE
    lea     esp, [ebp + eax + _cpu_blocks_offset + STACK_TOP]
    lea     ebx, [ebp + _ap_start64_offset]
    jmp     to_long_mode

    .code64
ap_start64:
    movabs  rax, offset ap_linked
    jmp     rax
ap_linked:
    movabs  rsp, offset cpu_blocks + STACK_TOP
    imul    eax, edi, CPU_BLOCK_SIZE
    add     rsp, rax
    call    load_segments
    call    HypervisorSecondary     // (index)
    jmp     halt
