// What a loader starts, first stage and hypervisor alike: from 32-bit protected mode to long mode, then C# (BoardBoot).
//
// In:  EBX = multiboot2 information with EAX = its magic (GRUB, Multiboot2 3.3), or hvm_start_info (QEMU -kernel by the
//      PVH note); the first stage hands on what it was given, and Boot.StartedSlot in ECX. Flat segments, paging and
//      interrupts off, no stack; loaded at any 2 MiB-aligned address below 4 GiB.
#include "Layout.h"
    .intel_syntax noprefix

#define MULTIBOOT2_MAGIC    0xe85250d6

    .section .note.pvh, "a", @note
    .p2align 2
    .long   4, 4, 18                // XEN_ELFNOTE_PHYS32_ENTRY
    .asciz  "Xen"
    .long   _pvh_entry

    // Multiboot2 3.1.1: within the file's first 32 KiB, which is why constants come before code.
    .section .head, "a"
    .p2align 3
multiboot2_header:
    .long   MULTIBOOT2_MAGIC, 0, multiboot2_end - multiboot2_header
    .long   -(MULTIBOOT2_MAGIC + multiboot2_end - multiboot2_header)
    .p2align 3
    .short  1, 1                    // information request, optional: memory map, both ACPI RSDPs
    .long   20, 6, 14, 15
    .p2align 3
    .short  10, 0                   // relocatable: from where it is linked to 4 GiB, 2 MiB aligned, the lowest place that is free
    .long   24, _lowest_load, 0xffffffff, 0x200000, 1
    .p2align 3
    .short  0, 0
    .long   8
multiboot2_end:

    .global boot_gdt, boot_gdt_pointer
boot_gdt:
    .quad   0
    .quad   0x00af9b000000ffff      // CODE_SELECTOR: 64-bit code
    .quad   0x00cf93000000ffff      // DATA_SELECTOR: flat data
    .quad   0x00cf9b000000ffff      // CODE32_SELECTOR: flat 32-bit code
boot_gdt_pointer:
    .short  BOOT_GDT_SIZE - 1
    .long   0                       // physical: filled in below
    .global no_long_mode
no_long_mode:
    .asciz  "Bulkhead: this CPU has no long mode with no-execute pages\r\n"

    .code32

    .text
    .global _start, pvh_start, here, boot64, to_long_mode, load_segments
pvh_start:
    xor     eax, eax
_start:
    cli
    cld
    // Where are we: a call needs a stack, and the loader gave none but the information block's first 8 bytes.
    mov     edi, eax
    mov     esi, [ebx + 4]
    lea     esp, [ebx + 8]
    call    here
here:
    pop     ebp
    sub     ebp, offset _here_offset // physical base
    mov     [ebx + 4], esi
    lea     esp, [ebp + _cpu_blocks_offset + STACK_TOP]
    push    ecx
    rdtsc
    push    edx                     // the reset-to-guest figure starts here
    push    eax

    push    edi                     // the loader's magic
    push    ebx                     // and its information, past CPUID
    mov     eax, 0x80000000
    cpuid
    cmp     eax, 0x80000001
    jb      refuse
    mov     eax, 0x80000001
    cpuid                           // AMD APM 3 E.4.2: LM, NX
    and     edx, 0x20100000
    cmp     edx, 0x20100000
    jne     refuse

    // The image one to one, for the steps over CR0.PG, through the same last-level table as at its linked address.
    lea     esi, [ebp + _boot_tables_offset]
    lea     eax, [esi + BOOT_LOW_PDPT + PTE_TABLE]
    mov     [esi + BOOT_PML4], eax
    mov     ecx, ebp
    shr     ecx, 30
    lea     eax, [esi + BOOT_LOW_PD + PTE_TABLE]
    mov     [esi + BOOT_LOW_PDPT + ecx * 8], eax
    mov     ecx, ebp
    shr     ecx, 21
    and     ecx, 511
    lea     eax, [esi + BOOT_PT + PTE_TABLE]
    mov     [esi + BOOT_LOW_PD + ecx * 8], eax

    // The linked address: constants R, text RX, everything above RW. Never both W and X.
    lea     eax, [esi + BOOT_PDPT + PTE_TABLE]
    mov     [esi + BOOT_PML4 + 511 * 8], eax
    lea     eax, [esi + BOOT_PD + PTE_TABLE]
    mov     [esi + BOOT_PDPT + 510 * 8], eax
    lea     eax, [esi + BOOT_PT + PTE_TABLE]
    mov     [esi + BOOT_PD + _boot_pde_offset], eax
    xor     ecx, ecx                // offset
2:  lea     eax, [ebp + ecx + PTE_RX]
    xor     edx, edx
    cmp     ecx, offset _data_offset
    jae     3f
    cmp     ecx, offset _text_offset
    jae     4f
    mov     edx, PTE_XD_HIGH        // constants
    jmp     4f
3:  mov     edx, PTE_XD_HIGH
    add     eax, PTE_RW - PTE_R
4:  push    ecx
    shr     ecx, 9
    mov     [esi + BOOT_PT + ecx], eax
    mov     [esi + BOOT_PT + ecx + 4], edx
    pop     ecx
    add     ecx, 0x1000
    cmp     ecx, HV_SIZE
    jb      2b

    lea     eax, [ebp + _boot_gdt_offset]
    mov     [ebp + _boot_gdt_pointer_offset + 2], eax
    lgdt    [ebp + _boot_gdt_pointer_offset]
    pop     edi                     // the loader's information
    lea     ebx, [ebp + _boot64_offset]

// In: EBP = physical base, ESP = a stack in the image, EBX = 64-bit code by its physical address. Keeps EDI, EBP, ESP.
// SDM 3 9.8.5: PAE, CR3, LME, then PG; the far return loads a 64-bit CS.
to_long_mode:
    mov     eax, CR4_VALUE
    mov     cr4, eax
    lea     eax, [ebp + _boot_tables_offset]
    mov     cr3, eax
    mov     ecx, MSR_EFER
    rdmsr
    or      eax, EFER_LME_NXE
    wrmsr
    push    CODE_SELECTOR
    push    ebx
    mov     eax, CR0_VALUE
    mov     cr0, eax
    retf

// On COM1 as firmware left it.
refuse:
    lea     esi, [ebp + _no_long_mode_offset]
5:  mov     edx, 0x3fd
    in      al, dx
    test    al, 0x20                // LSR.THRE
    jz      5b
    lodsb
    test    al, al
    jz      6f
    mov     edx, 0x3f8
    out     dx, al
    jmp     5b
6:  hlt
    jmp     6b

    .code64
boot64:
    movabs  rax, offset linked
    jmp     rax                     // from the one-to-one map to the linked address
linked:
    mov     esi, edi
    mov     edi, [rsp]
    mov     rcx, [rsp + 4]          // the time stamp taken above
    mov     r8d, [rsp + 12]
    mov     edx, ebp
    movabs  rsp, offset cpu_blocks + STACK_TOP
    call    load_segments
    call    BoardBoot               // (magic, information, physical base, time stamp, started)
    jmp     halt

// Data segments mean nothing in long mode but must not keep a loader's selectors. Keeps all but EAX.
load_segments:
    mov     eax, DATA_SELECTOR
    mov     ss, eax
    xor     eax, eax
    mov     ds, eax
    mov     es, eax
    mov     fs, eax
    mov     gs, eax
    ret

    .global halt
halt:
    cli
    hlt
    jmp     halt

    .section .boottables, "aw", @nobits
    .p2align 12
    .global boot_tables
boot_tables:        .space BOOT_TABLES_SIZE

    // Per CPU: guard pages, stacks, vCPU, tables (Host/CpuBlocks.cs).
    .section .cpublocks, "aw", @nobits
    .p2align 12
    .global cpu_blocks
cpu_blocks:         .space CPU_BLOCK_SIZE * MAX_CPUS
