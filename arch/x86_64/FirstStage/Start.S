// The first stage's own part of assembly: its configuration, and the way on to the hypervisor.
#include "../Boot/Layout.h"
    .intel_syntax noprefix

    // At the beginning of the file's first segment, where the image builder fills it in (hv-core/Boot/FirstStageConfig.cs).
    .section .config, "a"
    .global first_stage_config
    .p2align 3
first_stage_config:
    .ascii  "BHFIRST1"
    .space  240 - 8

    .text
// void StartHypervisor(uint entry, uint magic, uint information, ulong physicalBase, uint started): as a loader would, in
// 32-bit protected mode (Multiboot2 3.3), which leaves ECX to us. Through the boot tables' one-to-one map of this image. Does not return.
    .global StartHypervisor, leave_long_mode
StartHypervisor:
    mov     ebx, edx
    mov     ebp, r8d
    movabs  rax, FIRST_STAGE_BASE
    lea     rdx, [rip + leave_long_mode]
    sub     rdx, rax
    add     rdx, rcx
    push    CODE32_SELECTOR
    push    rdx
    retfq

    .code32
// SDM 3 9.8.5.4: from compatibility mode by CR0.PG, then EFER.LME.
leave_long_mode:
    mov     eax, DATA_SELECTOR
    mov     ds, eax
    mov     es, eax
    mov     ss, eax
    mov     eax, cr0
    and     eax, 0x7fffffff
    mov     cr0, eax
    mov     ecx, MSR_EFER
    rdmsr
    xor     eax, eax
    wrmsr
    xor     eax, eax
    mov     cr4, eax
    mov     ecx, ebp
    mov     eax, esi
    jmp     edi
    .code64

    .global MmioRead32, MmioWrite32
    .p2align 3
MmioRead32:
    mov     eax, [rdi]
    ret
    .p2align 3
MmioWrite32:
    mov     [rdi], esi
    ret

    .global AddressOfConfig, AddressOfBootTables, AddressOfPool
    .p2align 3
AddressOfConfig:
    lea     rax, [rip + first_stage_config]
    ret
    .p2align 3
AddressOfBootTables:
    lea     rax, [rip + boot_tables]
    ret
    .p2align 3
AddressOfPool:
    lea     rax, [rip + pool]
    ret
