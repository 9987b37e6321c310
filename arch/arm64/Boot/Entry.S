// The hypervisor's first instructions: arm64 Image header, EL2 MMU, stacks, then C# (Hypervisor.Boot).
//
// In:  x0 = device tree (physical) or 0; x1 = image (physical); x2 = image size or 0; x4 = Boot.StartedSlot.
//      MMU and D-cache off, EL2.
//      With x2 = 0 (U-Boot, -kernel) the image is the device tree's initrd.
#include "Layout.h"

    .section .head, "ax"
    .global _start
_start:
    b       boot
    .long   0
    .quad   0x200000                // text_offset: 2 MiB into RAM, clear of a device tree at its start
    .quad   _image_memory_size
    .quad   0xa                     // little endian, 4 KiB pages, anywhere in memory
    .quad   0, 0, 0
    .ascii  "ARM\x64"
    .long   0

boot:
    msr     daifset, #0xf
    mov     x19, x0
    mov     x20, x1
    mov     x21, x2
    mov     x24, x4
    mrs     x22, cntpct_el0         // the reset-to-guest figure starts here when there is no first stage
    mrs     x0, CurrentEL
    cmp     x0, #(2 << 2)
    b.ne    halt                    // not at EL2: there is no UART known here to complain on

    adrp    x23, _start             // physical base: the image is 2 MiB aligned
    // Boot tables are written with the caches off, so stale lines over them must not survive (DDI 0487 D7.5).
    adrp    x0, boot_l1
    adrp    x1, boot_tables_end
1:  dc      ivac, x0
    add     x0, x0, #16             // smaller than any line size: correct without reading CTR_EL0
    cmp     x0, x1
    b.lo    1b
    dsb     sy
    adrp    x0, boot_l1
2:  stp     xzr, xzr, [x0], #16
    cmp     x0, x1
    b.lo    2b

    // L1: the image's own GiB (identity, for the step over MMU-on) and the hypervisor's virtual base.
    adrp    x0, boot_l1
    adrp    x1, boot_l2_identity
    orr     x2, x1, #PTE_TABLE
    lsr     x3, x23, #30
    str     x2, [x0, x3, lsl #3]
    ubfx    x3, x23, #21, #9
    ldr     x4, =PTE_BLOCK_RX
    orr     x4, x4, x23
    str     x4, [x1, x3, lsl #3]
    adrp    x1, boot_l2
    orr     x2, x1, #PTE_TABLE
    str     x2, [x0, #(HV_BASE >> 30) * 8]
    adrp    x3, boot_l3
    orr     x2, x3, #PTE_TABLE
    str     x2, [x1]

    // L3: 512 pages of the hypervisor's 2 MiB: text RX, constants R, everything above RW. Never both W and X.
    mov     x4, #0                  // offset
    ldr     x5, =_text_end_offset
    ldr     x6, =_rodata_end_offset
    ldr     x7, =PTE_PAGE_RX
    ldr     x8, =PTE_PAGE_R
    ldr     x9, =PTE_PAGE_RW
3:  cmp     x4, x5
    csel    x10, x7, x8, lo
    cmp     x4, x6
    csel    x10, x10, x9, lo
    add     x11, x23, x4
    orr     x10, x10, x11
    str     x10, [x3], #8
    add     x4, x4, #0x1000
    cmp     x4, #0x200000
    b.lo    3b
    dsb     sy

    adrp    x0, boot_l1
    bl      mmu_on
    ldr     x0, =5f
    br      x0                      // from the identity map to the linked address
5:  ldr     x0, =__bss_start
    ldr     x1, =__bss_end
6:  cmp     x0, x1
    b.hs    7f
    stp     xzr, xzr, [x0], #16
    b       6b
7:  ldr     x0, =cpu_blocks + STACK_TOP
    mov     sp, x0
    ldr     x0, =vectors
    msr     vbar_el2, x0
    isb
    mov     x0, x19
    mov     x1, x20
    mov     x2, x21
    mov     x3, x23
    mov     x4, x22
    mov     x5, x24
    bl      HypervisorBoot
    b       halt

// PSCI CPU_ON brings every other CPU here: x0 = its index in the board's order. MMU and caches off.
    .global secondary_entry
secondary_entry:
    msr     daifset, #0xf
    mov     x19, x0
    adrp    x0, boot_l1
    bl      mmu_on
    ldr     x0, =8f
    br      x0
8:  ldr     x0, =cpu_blocks + STACK_TOP
    ldr     x1, =CPU_BLOCK_SIZE
    madd    x0, x19, x1, x0
    mov     sp, x0
    ldr     x0, =vectors
    msr     vbar_el2, x0
    isb
    mov     x0, x19
    bl      HypervisorSecondary
    b       halt

// x0 = L1 table (physical). Keeps x19 and up. DDI 0487 D8.11: registers, TLB, barrier, then SCTLR_EL2.M.
mmu_on:
    ldr     x1, =MAIR_VALUE
    msr     mair_el2, x1
    mrs     x2, id_aa64mmfr0_el1
    ldr     x1, =TCR_VALUE
    bfi     x1, x2, #16, #3         // TCR_EL2.PS = PARange
    msr     tcr_el2, x1
    msr     ttbr0_el2, x0
    mov     x1, #CPTR_VALUE         // no SVE, no trace, FP open: the compiler copies structs through q16/q17
    msr     cptr_el2, x1
    mov     x1, #HCR_HOST_LOW
    movk    x1, #HCR_HOST_HIGH, lsl #16
    msr     hcr_el2, x1
    ic      iallu
    tlbi    alle2
    tlbi    alle1
    dsb     sy
    isb
    ldr     x1, =SCTLR_VALUE
    msr     sctlr_el2, x1
    isb
    ret

    .global halt
halt:
    wfi
    b       halt
    .ltorg

    .section .boottables, "aw", %nobits
    .p2align 12
    .global boot_l1, boot_l2, boot_l3
boot_l1:            .space 4096
boot_l2_identity:   .space 4096
boot_l2:            .space 4096
boot_l3:            .space 4096
boot_tables_end:

    // Per CPU: one guard page, the stack, and at its top the vCPU that SP_EL2 points at while the guest runs.
    .section .cpublocks, "aw", %nobits
    .p2align 12
    .global cpu_blocks
cpu_blocks:         .space CPU_BLOCK_SIZE * MAX_CPUS
