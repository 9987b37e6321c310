// The reset path: the MBR's first word branches here, in flash, at EL2 with everything off. Copies the first stage to
// scratch RAM (flash that is given commands cannot be executed from), sets up an identity map there (C# must not run with
// the MMU off: unaligned and paired accesses fault on Device memory), runs FirstStageMain in the copy, and starts the
// hypervisor as the arm64 boot protocol wants it: MMU and D-cache off.

#define CONFIG_FLASH        (64 + 8)        // FirstStageConfig.cs, checked by tests/HvCore.Tests
#define CONFIG_HV_RAM       (64 + 24)
#define CONFIG_SCRATCH      (64 + 40)
#define CONFIG_DEVICE_TREE  (64 + 56)
#define CONFIG_UART         (64 + 64)

// VMSAv8-64 stage 1 blocks of 2 MiB (DDI 0487 D8.3); AttrIndx 0 Device-nGnRE, 1 Normal WB, 2 Normal NC
#define BLOCK_FLASH         0x7c9
#define BLOCK_RAM           0x40000000000745
#define BLOCK_DEVICE        0x40000000000441
// Normal WB, read only
#define BLOCK_CODE          0x7c5
#define FDT_MAGIC_LE        0xedfe0dd0

// Beside the identity map: the copy that runs (RAM is never executable where it can be written), the flash for commands
#define CODE                0x4000000000
#define COMMANDS            0x6000000000    // BootFlash.cs
#define TABLES_SIZE         0x8000          // in scratch; then the copy, and the stack at the end

// What waits for StartHypervisor, at TPIDR_EL2
#define SAVED_DEVICE_TREE   0               // and the time
#define SAVED_START         16
#define SAVED_SIZE          32

    .section .head, "ax"
    .global _start
_start:
    b       boot
    .org    64
config:
    .space  240                             // Boot.FirstStageConfig, written by the image builder
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
    add     x1, x20, #TABLES_SIZE
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

    adrp    x2, _end
    add     x2, x2, :lo12:_end
    mov     x3, x19
7:  ldp     x4, x5, [x3], #16               // x0: after the tables
    dc      ivac, x0                        // what a cache holds of it is older
    dsb     sy
    stp     x4, x5, [x0], #16
    cmp     x3, x2
    b.lo    7b

    mov     x10, #0                         // identity
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
    mov     x10, #COMMANDS
    ldp     x0, x1, [x19, #CONFIG_FLASH]
    ldr     x2, =BLOCK_DEVICE
    bl      map
    mov     x10, #CODE
    mov     x0, x20
    mov     x1, x21
    mov     x2, #BLOCK_CODE
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
    sub     sp, x0, #SAVED_SIZE
    stp     x23, x24, [sp, #SAVED_DEVICE_TREE]
    str     x19, [sp, #SAVED_START]
    mov     x0, sp
    msr     tpidr_el2, x0
    mov     x1, #CODE
    add     x1, x1, x20
    add     x1, x1, #TABLES_SIZE            // _start in the copy
    add     x0, x1, #64
    adr     x2, 8f
    sub     x2, x2, x19
    add     x2, x2, x1
    br      x2
8:  bl      FirstStageMain                  // returns only to give up
park:
    wfi
    b       park

// map(x0 base, x1 bytes, x2 attributes, x10 offset): 2 MiB blocks, seen the offset further up. Uses x3-x9.
map:
    add     x1, x0, x1
    bic     x0, x0, #0x1fffff
4:  add     x3, x0, x10
    lsr     x3, x3, #30
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

// StartHypervisor(entry, image, imageSize, started): the binary is already clean to the point of coherency.
    .text
    .global StartHypervisor
StartHypervisor:
    mov     x9, x0
    mov     w4, w3
    mrs     x5, tpidr_el2
    ldp     x0, x3, [x5, #SAVED_DEVICE_TREE]
    ldr     x5, [x5, #SAVED_START]
    // On in flash, which is where it seems to be: the copy's address is nowhere without the MMU.
    adrp    x6, _start
    adr     x7, 9f
    sub     x7, x7, x6
    add     x7, x7, x5
    br      x7
9:  mrs     x8, sctlr_el2
    bic     x8, x8, #(1 << 0)
    bic     x8, x8, #(1 << 2)
    msr     sctlr_el2, x8
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
