// A guest's first instructions: by PVH's 32-bit entry to long mode with SSE, then C# (GuestMain). Nothing is needed from
// firmware: the map is the first 4 GiB one to one, the stack and the tables are the image's own.
//
// In: EBX = hvm_start_info; flat 32-bit segments, paging and interrupts off (Xen's public PVH start ABI).
#include "Guest.h"
    .intel_syntax noprefix

#define PAGE_TABLE      7               // present, writable, user: leaves say less
#define PAGE_2M         0x83            // present, writable, 2 MiB
#define CR0_ON          0x80010023      // PG, WP, NE, MP, PE; no EM, no TS
#define CR4_ON          0x620           // OSXMMEXCPT, OSFXSR, PAE
#define EFER            0xc0000080
#define EFER_LME        0x100

    .section .note.pvh, "a", @note
    .p2align 2
    .long   4, 4, 18                    // XEN_ELFNOTE_PHYS32_ENTRY
    .asciz  "Xen"
    .long   _start

    .section .head, "ax"
    .code32
    .global _start
_start:
    cld
    rdtsc                               // when the guest began: the micro-benchmark prints it
    mov     ebp, edx
    mov     esi, eax
    mov     edi, offset __bss_start
    mov     ecx, offset __bss_end
    sub     ecx, edi
    xor     eax, eax
    rep stosb
    mov     edi, offset tables          // not in .bss: they are written before it is clear
    mov     ecx, 6 * 4096 / 4
    rep stosd
    mov     dword ptr [level4], offset level3 + PAGE_TABLE
    mov     eax, offset level2 + PAGE_TABLE
    mov     edi, offset level3
    mov     ecx, 4
1:  mov     [edi], eax
    add     eax, 4096
    add     edi, 8
    loop    1b
    mov     eax, PAGE_2M
    mov     edi, offset level2
    mov     ecx, 4 * 512
2:  mov     [edi], eax
    add     eax, 0x200000
    add     edi, 8
    loop    2b
    mov     esp, offset stacks + STACK_SIZE
    call    long_mode                   // on as 64-bit code
    .code64
    mov     ebx, ebx
    mov     rdi, rbx
    mov     esi, esi
    shl     rbp, 32
    or      rsi, rbp
    mov     rdx, rsi
    mov     rsp, offset stacks + STACK_SIZE
    push    rdi
    push    rsi
    call    LoadVectors
    pop     rsi
    pop     rdi
    mov     rdx, rsi
    call    GuestMain
1:  cli
    hlt
    jmp     1b

// From 32-bit protected mode to 64 bits; returns to the caller's next instruction. EBX, ESI and EBP are kept.
    .code32
    .global long_mode
long_mode:
    pop     edi
    mov     eax, CR4_ON
    mov     cr4, eax
    mov     eax, offset level4
    mov     cr3, eax
    mov     ecx, EFER
    rdmsr
    or      eax, EFER_LME
    wrmsr
    mov     eax, CR0_ON
    mov     cr0, eax
    lgdt    [gdt_pointer]
    push    CODE_SELECTOR
    mov     eax, offset in_long_mode
    push    eax
    retf
    .code64
in_long_mode:
    mov     eax, DATA_SELECTOR
    mov     ss, eax
    mov     ds, eax
    mov     es, eax
    mov     edi, edi
    jmp     rdi

    .section .rodata
    .p2align 3
gdt:
    .quad   0
    .quad   0x00af9b000000ffff          // CODE_SELECTOR
    .quad   0x00cf93000000ffff          // DATA_SELECTOR
    .quad   0x00cf9b000000ffff          // CODE32_SELECTOR
    .global gdt_pointer
gdt_pointer:
    .short  gdt_pointer - gdt - 1
    .quad   gdt

    .text
    .global AddressOfImageEnd
AddressOfImageEnd:
    mov     rax, offset __bss_end
    ret

    .section .tables, "aw", @nobits
    .p2align 12
tables:
level4:     .space 4096
level3:     .space 4096
level2:     .space 4 * 4096

    .bss
    .p2align 4
    .global stacks
stacks:     .space STACK_SIZE * MAX_VCPUS
