// The measured stretches. Each is: read the counter, the operation, read the counter; reading is ISB and MRS, so an
// empty stretch is 2 instructions and nothing the compiler decides is inside. Samples are 32-bit tick counts.
#include "PerCpu.h"

    .macro now register
    isb
    mrs     \register, cntvct_el0
    .endm

    // Keeps x19-x30: the operations may clobber everything a call may.
    .macro enter
    stp     x29, x30, [sp, #-96]!
    stp     x19, x20, [sp, #16]
    stp     x21, x22, [sp, #32]
    stp     x23, x24, [sp, #48]
    stp     x25, x26, [sp, #64]
    stp     x27, x28, [sp, #80]
    .endm

    .macro leave
    ldp     x19, x20, [sp, #16]
    ldp     x21, x22, [sp, #32]
    ldp     x23, x24, [sp, #48]
    ldp     x25, x26, [sp, #64]
    ldp     x27, x28, [sp, #80]
    ldp     x29, x30, [sp], #96
    ret
    .endm

    // x0 = samples, x1 = how many, x2, x3 = the operation's own
    .macro begin name
    .global \name
    .p2align 4
\name:
    enter
    mov     x19, x0
    mov     x20, x1
    mov     x21, x2
    mov     x22, x3
1:  now     x23
    .endm

    .macro end
    now     x24
    sub     x24, x24, x23
    str     w24, [x19], #4
    subs    x20, x20, #1
    b.ne    1b
    leave
    .endm

    .text
    begin MeasureNothing
    end

    begin MeasureHvc                        // x2 = function, x3 = first and second argument
    mov     x0, x21
    mov     x1, x22
    mov     x2, x22
    mov     x3, #0
    hvc     #0
    end

    begin MeasureIdRegister
    mrs     x0, id_aa64pfr0_el1
    end

    begin MeasureRead                       // x2 = device, x3 = register: both added up as a driver would
    mov     x0, x21
    add     x0, x0, x22
    ldr     w0, [x0]
    end

    begin MeasureWriteZero
    mov     x0, x21
    add     x0, x0, x22
    str     wzr, [x0]
    end

    // MeasureSelfSgi(entry, eoi, roundtrip, count)
    .global MeasureSelfSgi
    .p2align 4
MeasureSelfSgi:
    enter
    mov     x19, x3
    mrs     x21, tpidr_el1
    mov     x22, #(SGI_SELF << 24)
    orr     x22, x22, #1
    msr     daifclr, #2
1:  ldr     x23, [x21, #COUNT]
    now     x24
    msr     s3_0_c12_c11_5, x22             // ICC_SGI1R_EL1
    isb
2:  ldr     x4, [x21, #COUNT]
    cmp     x4, x23
    b.eq    2b
    now     x25
    ldp     x4, x5, [x21]                   // STAMP_ENTRY, STAMP_EOI
    sub     x4, x4, x24
    str     w4, [x0], #4
    sub     x5, x5, x24
    str     w5, [x1], #4
    sub     x25, x25, x24
    str     w25, [x2], #4
    subs    x19, x19, #1
    b.ne    1b
    msr     daifset, #2
    leave

    // The deadline moves against the loop by 7 ticks, so that no one phase is measured over and over.
    .macro arm_timer ahead
    and     x6, x19, #63
    mov     x7, #7
    mul     x6, x6, x7
    ldr     x23, [x21, #COUNT]
    now     x24
    add     x24, x24, x6
    ldr     x7, =\ahead
    add     x24, x24, x7
    msr     cntv_cval_el0, x24
    mov     x7, #1
    msr     cntv_ctl_el0, x7
    isb
    .endm

    .macro stamp_timer
    ldp     x4, x5, [x21]
    sub     x4, x4, x24
    str     w4, [x0], #4
    sub     x5, x5, x24
    str     w5, [x1], #4
    subs    x19, x19, #1
    b.ne    1b
    .endm

    // MeasureTimerSpinning(entry, eoi, count), MeasureTimerWaiting(entry, eoi, count)
    .global MeasureTimerSpinning, MeasureTimerWaiting
    .p2align 4
MeasureTimerSpinning:
    enter
    mov     x19, x2
    mrs     x21, tpidr_el1
    msr     daifclr, #2
1:  arm_timer 20000
2:  ldr     x4, [x21, #COUNT]
    cmp     x4, x23
    b.eq    2b
    stamp_timer
    msr     daifset, #2
    leave

    .p2align 4
MeasureTimerWaiting:
    enter
    mov     x19, x2
    mrs     x21, tpidr_el1
1:  arm_timer 100000
2:  wfi
    msr     daifclr, #2
    isb
    msr     daifset, #2
    ldr     x4, [x21, #COUNT]
    cmp     x4, x23
    b.eq    2b
    stamp_timer
    leave

    // A ping to vCPU 1 and its reply. The pause lets vCPU 1 and the CPU below it go idle.
    .macro ping
    mov     x7, #200
3:  yield                                   // QEMU under icount lets the next CPU run here
    subs    x7, x7, #1
    b.ne    3b
    ldr     x23, [x21, #REPLY_COUNT]
    now     x24
    mov     x4, #1                          // the register's value is part of sending, as in any driver
    lsl     x4, x4, x22
    orr     x4, x4, x26, lsl #24
    msr     s3_0_c12_c11_5, x4
    isb
    .endm

    .macro stamp_ping
    now     x25
    ldr     x4, [x21, #STAMP_ENTRY + PER_CPU_SIZE]
    sub     x4, x4, x24
    str     w4, [x0], #4
    ldr     x4, [x21, #STAMP_ENTRY]
    sub     x4, x4, x24
    str     w4, [x1], #4
    sub     x25, x25, x24
    str     w25, [x2], #4
    subs    x19, x19, #1
    b.ne    1b
    .endm

    .macro enter_ping
    enter
    mov     x19, x3
    mrs     x21, tpidr_el1
    mov     x22, #1                         // to vCPU 1
    mov     x26, #SGI_PING
    .endm

    // MeasurePingYielding(there, reply, roundtrip, count), MeasurePingWaiting(the same)
    .global MeasurePingYielding, MeasurePingWaiting
    .p2align 4
MeasurePingYielding:
    enter_ping
1:  ping
    msr     daifclr, #2
2:  yield
    ldr     x4, [x21, #REPLY_COUNT]
    cmp     x4, x23
    b.eq    2b
    msr     daifset, #2
    stamp_ping
    leave

    .p2align 4
MeasurePingWaiting:
    enter_ping
1:  ping
2:  wfi
    msr     daifclr, #2
    isb
    msr     daifset, #2
    ldr     x4, [x21, #REPLY_COUNT]
    cmp     x4, x23
    b.eq    2b
    stamp_ping
    leave

    // MeasureTouch(address, bytes): one load in each 4 KiB; returns ticks.
    .global MeasureTouch
    .p2align 4
MeasureTouch:
    add     x1, x0, x1
    now     x3
1:  ldr     w2, [x0]
    add     x0, x0, #4096
    cmp     x0, x1
    b.lo    1b
    now     x4
    sub     x0, x4, x3
    ret

    // AnswerForever(): vCPU 1 sleeps between interrupts.
    .global AnswerForever
AnswerForever:
    msr     daifset, #2
1:  wfi
    msr     daifclr, #2
    isb
    msr     daifset, #2
    b       1b

    // SelectPerCpu(index)
    .global SelectPerCpu
SelectPerCpu:
    ldr     x1, =per_cpu
    mov     x2, #PER_CPU_SIZE
    madd    x1, x0, x2, x1
    msr     tpidr_el1, x1
    ret
    .ltorg

    .bss
    .p2align 8
per_cpu:
    .space  PER_CPU_SIZE * 2
