// Registers and instructions as plain calls (System V): Read_X(), Write_X(value), and what C# has no words for.
#include "Layout.h"
    .intel_syntax noprefix
    .text

    .macro control name, register
    .global Read_\name, Write_\name
    .p2align 3
Read_\name:
    mov     rax, \register
    ret
    .p2align 3
Write_\name:
    mov     \register, rdi
    ret
    .endm

    control CR0, cr0
    control CR2, cr2
    control CR3, cr3
    control CR4, cr4
    control DR6, dr6
    control DR7, dr7

// void ClearBreakpoints()
    .global ClearBreakpoints
    .p2align 4
ClearBreakpoints:
    xor     eax, eax
    mov     dr0, rax
    mov     dr1, rax
    mov     dr2, rax
    mov     dr3, rax
    ret

// ulong ReadMsr(uint), void WriteMsr(uint, ulong)
    .global ReadMsr, WriteMsr
    .p2align 4
ReadMsr:
    mov     ecx, edi
    rdmsr
    shl     rdx, 32
    or      rax, rdx
    ret
    .p2align 4
WriteMsr:
    mov     ecx, edi
    mov     eax, esi
    mov     rdx, rsi
    shr     rdx, 32
    wrmsr
    ret

// void WriteMsrAfter(uint, ulong): what was stored before is seen before (an x2APIC's ICR is no store: SDM 3 11.12.3).
    .global WriteMsrAfter
    .p2align 4
WriteMsrAfter:
    mfence
    lfence
    jmp     WriteMsr

// void Cpuid(uint leaf, uint subleaf, out CpuidResult)
    .global Cpuid
    .p2align 4
Cpuid:
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

// void FlushRange(ulong start, ulong bytes): lines have 64 bytes or more (SDM 2A CLFLUSH).
    .global FlushRange
    .p2align 4
FlushRange:
    add     rsi, rdi
    and     rdi, -64
1:  cmp     rdi, rsi
    jae     2f
    clflush [rdi]
    add     rdi, 64
    jmp     1b
2:  mfence
    ret

    .global ReadTsc
    .p2align 4
ReadTsc:                            // not before the loads that precede it (SDM 2B RDTSC)
    lfence
    rdtsc
    shl     rdx, 32
    or      rax, rdx
    ret

// Devices and memory shared with guests: one access each, never merged, split or hoisted.
    .global MmioRead8, MmioRead16, MmioRead32, MmioRead64, MmioWrite8, MmioWrite16, MmioWrite32, MmioWrite64
    .p2align 3
MmioRead8:
    movzx   eax, byte ptr [rdi]
    ret
MmioRead16:
    movzx   eax, word ptr [rdi]
    ret
MmioRead32:
    mov     eax, [rdi]
    ret
MmioRead64:
    mov     rax, [rdi]
    ret
MmioWrite8:
    mov     [rdi], sil
    ret
MmioWrite16:
    mov     [rdi], si
    ret
MmioWrite32:
    mov     [rdi], esi
    ret
MmioWrite64:
    mov     [rdi], rsi
    ret

// void SendByPage(ulong page, uint destination, uint command): an xAPIC's ICR. One at a time leaves (SDM 3 11.6.1), and
// the lower half sends.
    .global SendByPage
    .p2align 4
SendByPage:
    test    dword ptr [rdi + APIC_ICR], APIC_ICR_BUSY
    jnz     SendByPage
    mov     [rdi + APIC_ICR_HIGH], esi
    mov     [rdi + APIC_ICR], edx
    ret

    .global Invlpg, StackPointer
    .p2align 3
Invlpg:
    invlpg  [rdi]
    ret
StackPointer:
    mov     rax, rsp
    ret

// void LoadGdt(GdtPointer*, IdtPointer*): this CPU's tables, its code segment and its task register.
    .global LoadTables
    .p2align 4
LoadTables:
    lgdt    [rdi]
    lidt    [rsi]
    mov     eax, TSS_SELECTOR
    ltr     ax
    mov     eax, DATA_SELECTOR
    mov     ss, eax
    pop     rax
    push    CODE_SELECTOR
    push    rax
    retfq

    .global AddressOfText, AddressOfTextEnd
    .p2align 3
AddressOfText:
    lea     rax, [rip + text_start]
    ret
    .p2align 3
AddressOfTextEnd:
    lea     rax, [rip + text_end]
    ret

    .global AddressOfBootTables, AddressOfCpuBlocks, AddressOfVectors, AddressOfPool, AddressOfApStart, AddressOfApStart32, AddressOfBootGdt
    .p2align 3
AddressOfBootTables:
    lea     rax, [rip + boot_tables]
    ret
    .p2align 3
AddressOfCpuBlocks:
    lea     rax, [rip + cpu_blocks]
    ret
    .p2align 3
AddressOfVectors:
    lea     rax, [rip + vectors]
    ret
    .p2align 3
AddressOfPool:
    lea     rax, [rip + pool]
    ret
    .p2align 3
AddressOfApStart:                   // and its end
    lea     rax, [rip + ap_start_end]
    mov     [rdi], rax
    lea     rax, [rip + ap_start]
    ret
    .p2align 3
AddressOfApStart32:
    lea     rax, [rip + ap_start32]
    ret
    .p2align 3
AddressOfBootGdt:
    lea     rax, [rip + boot_gdt]
    ret

// ulong Read_XCR0(), void WriteXcr0(ulong)
    .global Read_XCR0, WriteXcr0, ResetExtendedState
    .p2align 4
Read_XCR0:
    xor     ecx, ecx
    xgetbv
    shl     rdx, 32
    or      rax, rdx
    ret
    .p2align 4
WriteXcr0:
    xor     ecx, ecx
    mov     eax, edi
    mov     rdx, rdi
    shr     rdx, 32
    xsetbv
    ret

// void ResetExtendedState(byte* area, ulong mask): XSAVE components by mask, or, with 0, x87 and SSE, from an area that
// says they are in their initial configuration (SDM 1 13.8); leaves XCR0 as after a reset.
    .p2align 4
ResetExtendedState:
    fninit
    test    rsi, rsi
    jz      1f
    mov     r8, rdi
    mov     rdi, rsi
    call    WriteXcr0
    mov     eax, esi
    mov     rdx, rsi
    shr     rdx, 32
    xrstor  [r8]
    mov     edi, 1
    jmp     WriteXcr0
1:  mov     word ptr [rdi], 0x37f   // FCW: FXRSTOR takes all from memory
    fxrstor [rdi]
    ret
