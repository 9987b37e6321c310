// The reset path: the MBR's first word branches here, in flash, at EL2 with everything off. Sets up an identity
// map in scratch RAM (C# must not run with the MMU off: unaligned and paired accesses fault on Device memory),
// runs FirstStageMain, and starts the hypervisor as the arm64 boot protocol wants it: MMU and D-cache off.

#define CONFIG_FLASH        (64 + 8)        // FirstStageConfig.cs, checked by tests/HvCore.Tests
#define CONFIG_HV_RAM       (64 + 24)
#define CONFIG_SCRATCH      (64 + 40)
#define CONFIG_DEVICE_TREE  (64 + 56)
#define CONFIG_UART         (64 + 64)

// VMSAv8-64 stage 1 blocks of 2 MiB (DDI 0487 D8.3); AttrIndx 0 Device-nGnRE, 1 Normal WB, 2 Normal NC
#define BLOCK_FLASH         0x7c9
#define BLOCK_RAM           0x40000000000745
#define BLOCK_DEVICE        0x40000000000441
#define FDT_MAGIC_LE        0xedfe0dd0

    .section .head, "ax"
    .global _start
_start:
    b       boot
    .org    64
config:
    .space  232                             // Boot.FirstStageConfig, written by the image builder
boot:
    msr     daifset, #0xf
    mrs     x0, mpidr_el1
    and     x0, x0, #0xffffff               // one CPU starts the board; the hypervisor starts the others
    cbnz    x0, park
    mrs     x0, CurrentEL
    cmp     x0, #(2 << 2)
    b.ne    park
    mrs     x24, cntpct_el0
    adrp    x19, _start
    ldp     x20, x21, [x19, #CONFIG_SCRATCH]
    mov     x0, x20                         // x20: L1, then one L2 per GiB; zero eight pages
    add     x1, x20, #0x8000
1:  dc      ivac, x0
    add     x0, x0, #16
    cmp     x0, x1
    b.lo    1b
    dsb     sy
    mov     x0, x20
2:  stp     xzr, xzr, [x0], #16
    cmp     x0, x1
    b.lo    2b
    add     x22, x20, #0x1000               // next free table

    ldp     x0, x1, [x19, #CONFIG_FLASH]
    mov     x2, #BLOCK_FLASH
    bl      map
    ldp     x0, x1, [x19, #CONFIG_HV_RAM]
    ldr     x2, =BLOCK_RAM
    bl      map
    mov     x0, x20
    mov     x1, x21
    ldr     x2, =BLOCK_RAM
    bl      map
    ldr     x0, [x19, #CONFIG_UART]
    mov     x1, #0x1000
    ldr     x2, =BLOCK_DEVICE
    bl      map

    // A device tree may lie where firmware or QEMU leaves one; the hypervisor compares it with the board's facts.
    ldr     x23, [x19, #CONFIG_DEVICE_TREE]
    cbz     x23, 3f
    ldr     w0, [x23]
    ldr     w1, =FDT_MAGIC_LE
    cmp     w0, w1
    csel    x23, x23, xzr, eq
3:
    ldr     x0, =0x44ff04
    msr     mair_el2, x0
    mrs     x1, id_aa64mmfr0_el1
    ldr     x0, =0x80803519
    bfi     x0, x1, #16, #3
    msr     tcr_el2, x0
    msr     ttbr0_el2, x20
    mov     x0, #0x33ff                     // CPTR_EL2: FP open for the compiler's struct copies
    msr     cptr_el2, x0
    dsb     sy
    ic      iallu
    tlbi    alle2
    dsb     sy
    isb
    ldr     x0, =0x30cd183d                 // SCTLR_EL2: M, C, SA, I, WXN
    msr     sctlr_el2, x0
    isb
    add     x0, x20, x21
    mov     sp, x0
    add     x0, x19, #64
    bl      FirstStageMain                  // returns only to give up
park:
    wfi
    b       park

// map(x0 base, x1 bytes, x2 attributes): identity, 2 MiB blocks. Uses x3-x9.
map:
    add     x1, x0, x1
    bic     x0, x0, #0x1fffff
4:  lsr     x3, x0, #30
    ldr     x4, [x20, x3, lsl #3]
    cbnz    x4, 5f
    orr     x4, x22, #3
    str     x4, [x20, x3, lsl #3]
    add     x22, x22, #0x1000
5:  bic     x4, x4, #0xfff
    ubfx    x5, x0, #21, #9
    orr     x6, x0, x2
    str     x6, [x4, x5, lsl #3]
    add     x0, x0, #0x200000
    cmp     x0, x1
    b.lo    4b
    ret

// StartHypervisor(entry, image, imageSize): the binary is already clean to the point of coherency.
    .text
    .global StartHypervisor
StartHypervisor:
    mov     x9, x0
    mov     x3, x24
    mov     x0, x23
    mrs     x4, sctlr_el2
    bic     x4, x4, #(1 << 0)
    bic     x4, x4, #(1 << 2)
    msr     sctlr_el2, x4
    isb
    ic      iallu
    tlbi    alle2
    dsb     sy
    isb
    br      x9

    .global Mmio32Write, Mmio32Read, CleanRange
Mmio32Write:
    str     w1, [x0]
    ret
Mmio32Read:
    ldr     w0, [x0]
    ret
CleanRange:
    add     x1, x1, x0
    mrs     x2, ctr_el0
    ubfx    x2, x2, #16, #4                 // CTR_EL0.DminLine
    mov     x3, #4
    lsl     x3, x3, x2
6:  dc      cvac, x0
    add     x0, x0, x3
    cmp     x0, x1
    b.lo    6b
    dsb     sy
    ret
    .ltorg
