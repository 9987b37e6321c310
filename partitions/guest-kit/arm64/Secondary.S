// CPU_ON brings the other vCPUs here (physical address, MMU off): x0 = the vCPU's number. For guests with more than one.
#include "Guest.h"

    .section .head, "ax"
secondary_entry:
    msr     daifset, #0xf
    mov     x19, x0
    bl      mmu_on
    ldr     x0, =1f
    br      x0
1:  ldr     x0, =stacks + STACK_SIZE
    mov     x1, #STACK_SIZE
    madd    x0, x19, x1, x0
    mov     sp, x0
    ldr     x0, =vectors
    msr     vbar_el1, x0
    isb
    mov     x0, x19
    bl      GuestSecondary
2:  wfi
    b       2b

    .text
    .global AddressOfSecondaryEntry
AddressOfSecondaryEntry:
    ldr     x0, =secondary_entry
    ret
    .ltorg
