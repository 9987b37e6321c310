// A guest's first instructions: arm64 Image header, EL1 MMU and FP, then C# (GuestMain).
//
// In: x0 = device tree (physical) or 0; MMU and D-cache off, EL1. The map is the smallest that C# can run on: its
// struct copies and paired accesses need Normal memory, devices must be Device memory (DDI 0487 D8.3).
#include "Guest.h"

// Stage 1 descriptors: AttrIndx 0 Device-nGnRE, 1 Normal write-back; AF; inner shareable; not for EL0
#define BLOCK_DEVICE    0x60000000000401    // UXN, PXN
#define BLOCK_NORMAL    0x40000000000705
#define TABLE           3

#define MAIR_VALUE      0xff04
#define TCR_VALUE       0x803519            // 39-bit TTBR0, 4 KiB, write-back walks, EPD1; IPS is filled in
#define SCTLR_VALUE     0x30d0180d          // RES1 bits, I, SA, C, M
#define CPACR_FP        (3 << 20)           // the compiler copies structs through q16 and q17

    .section .head, "ax"
    .global _start
_start:
    b       boot
    .long   0
    .quad   0                               // text_offset: at the start of RAM
    .quad   _image_memory_size              // with bss
    .quad   0xa                             // little endian, 4 KiB pages, anywhere in memory
    .quad   0, 0, 0
    .ascii  "ARM\x64"
    .long   0

boot:
    mrs     x20, cntpct_el0                 // when the guest began: the micro-benchmark prints it
    mrs     x21, cntvct_el0
    mov     x19, x0
    msr     daifset, #0xf
    adrp    x22, _start

    // The tables are written with caches off: no stale line may hide them later (D7.5).
    adrp    x0, level1
    adrp    x1, tables_end
    mov     x2, x0
1:  dc      ivac, x2
    add     x2, x2, #16                     // no line is smaller
    cmp     x2, x1
    b.lo    1b
    dsb     sy
2:  stp     xzr, xzr, [x0], #16
    cmp     x0, x1
    b.lo    2b

    adrp    x0, level1
    ldr     x1, =BLOCK_DEVICE
    str     x1, [x0]                        // GiB 0: devices
    lsr     x2, x22, #30
    ldr     x1, =BLOCK_NORMAL
    orr     x3, x1, x2, lsl #30
    str     x3, [x0, x2, lsl #3]            // the GiB that holds us, the device tree and our RAM: identity
    adrp    x2, level2
    orr     x3, x2, #TABLE
    str     x3, [x0, #(LINK_BASE >> 30) * 8]
    orr     x3, x1, x22
    str     x3, [x2]                        // the image where it is linked
    dsb     sy
    bl      mmu_on
    ldr     x0, =3f
    br      x0                              // from the identity map to the linked address
3:  ldr     x0, =__bss_start
    ldr     x1, =__bss_end
4:  cmp     x0, x1
    b.hs    5f
    stp     xzr, xzr, [x0], #16
    b       4b
5:  ldr     x0, =stacks + STACK_SIZE
    mov     sp, x0
    ldr     x0, =vectors
    msr     vbar_el1, x0
    isb
    mov     x0, x19
    mov     x1, x20
    mov     x2, x21
    bl      GuestMain
halt:
    wfi
    b       halt

// Registers, TLB, barrier, then SCTLR_EL1.M (D8.11). Keeps x19 and up.
    .global mmu_on
mmu_on:
    mov     x0, #CPACR_FP
    msr     cpacr_el1, x0
    ldr     x0, =MAIR_VALUE
    msr     mair_el1, x0
    mrs     x1, id_aa64mmfr0_el1
    and     x1, x1, #7                      // PARange; above 5 (48 bits) this map needs nothing
    cmp     x1, #5
    mov     x2, #5
    csel    x1, x1, x2, lo
    ldr     x0, =TCR_VALUE
    orr     x0, x0, x1, lsl #32
    msr     tcr_el1, x0
    adrp    x0, level1
    msr     ttbr0_el1, x0
    ic      iallu
    tlbi    vmalle1
    dsb     sy
    isb
    ldr     x0, =SCTLR_VALUE
    msr     sctlr_el1, x0
    isb
    ret

// MapIdentity(address, device): the address's whole GiB, if nothing is mapped there yet.
    .text
    .global MapIdentity
MapIdentity:
    ldr     x2, =level1
    lsr     x3, x0, #30
    ldr     x4, [x2, x3, lsl #3]
    cbnz    x4, 7f
    ldr     x5, =BLOCK_DEVICE
    ldr     x6, =BLOCK_NORMAL
    cmp     w1, #0
    csel    x5, x5, x6, ne
    orr     x5, x5, x3, lsl #30
    str     x5, [x2, x3, lsl #3]
    dsb     ish                             // from invalid to valid: no TLB entry to remove
    isb
7:  ret

    .global AddressOfImageEnd
AddressOfImageEnd:
    ldr     x0, =__bss_end
    ret
    .ltorg

    .section .tables, "aw", %nobits
    .p2align 12
level1:     .space 4096
level2:     .space 4096
tables_end:

    .bss
    .p2align 4
    .global stacks
stacks:     .space STACK_SIZE * MAX_VCPUS
