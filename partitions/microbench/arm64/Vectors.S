// Exception vectors of the micro-benchmark. An interrupt is stamped as the third instruction of its vector, then costs
// what a kernel pays that calls C from here: the caller-saved registers go to the stack and come back.
#include "../../guest-kit/arm64/Frame.h"
#include "PerCpu.h"

#define IRQ_FRAME       160

    .text
    .p2align 11
    .global vectors
vectors:
    unexpected_vector 0
    unexpected_vector 1
    unexpected_vector 2
    unexpected_vector 3
    call_vector HandleSynchronous
    .p2align 7
    sub     sp, sp, #IRQ_FRAME
    stp     x0, x1, [sp]
    mrs     x0, cntvct_el0
    b       interrupt
    unexpected_vector 6
    unexpected_vector 7
    unexpected_vector 8
    unexpected_vector 9
    unexpected_vector 10
    unexpected_vector 11
    unexpected_vector 12
    unexpected_vector 13
    unexpected_vector 14
    unexpected_vector 15

return_from_exception:
    restore_frame
    eret

interrupt:
    stp     x2, x3, [sp, #16]
    stp     x4, x5, [sp, #32]
    stp     x6, x7, [sp, #48]
    stp     x8, x9, [sp, #64]
    stp     x10, x11, [sp, #80]
    stp     x12, x13, [sp, #96]
    stp     x14, x15, [sp, #112]
    stp     x16, x17, [sp, #128]
    stp     x18, x30, [sp, #144]
    mrs     x1, tpidr_el1
    mrs     x2, s3_0_c12_c12_0              // ICC_IAR1_EL1
    str     x0, [x1, #STAMP_ENTRY]
    cmp     x2, #PPI_VTIMER
    b.eq    1f
    cmp     x2, #SGI_PING
    b.eq    2f
    cmp     x2, #SGI_REPLY
    b.eq    3f
4:  msr     s3_0_c12_c12_1, x2              // ICC_EOIR1_EL1
    isb
    mrs     x3, cntvct_el0
    str     x3, [x1, #STAMP_EOI]
    ldr     x3, [x1, #COUNT]
    add     x3, x3, #1
    str     x3, [x1, #COUNT]
    ldp     x2, x3, [sp, #16]
    ldp     x4, x5, [sp, #32]
    ldp     x6, x7, [sp, #48]
    ldp     x8, x9, [sp, #64]
    ldp     x10, x11, [sp, #80]
    ldp     x12, x13, [sp, #96]
    ldp     x14, x15, [sp, #112]
    ldp     x16, x17, [sp, #128]
    ldp     x18, x30, [sp, #144]
    ldp     x0, x1, [sp]
    add     sp, sp, #IRQ_FRAME
    eret

1:  msr     cntv_ctl_el0, xzr               // or its level stays
    b       4b
2:  mov     x3, #1                          // back to vCPU 0
    mov     x4, #SGI_REPLY
    orr     x3, x3, x4, lsl #24
    msr     s3_0_c12_c11_5, x3              // ICC_SGI1R_EL1
    isb
    ldr     x3, [x1, #PING_COUNT]
    add     x3, x3, #1
    str     x3, [x1, #PING_COUNT]
    b       4b
3:  ldr     x3, [x1, #REPLY_COUNT]
    add     x3, x3, #1
    str     x3, [x1, #REPLY_COUNT]
    b       4b
