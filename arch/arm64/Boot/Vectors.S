// EL2 exception vectors and the world switch. While a guest runs, SP_EL2 points at its vCPU, whose first bytes are
// the saved registers (El2/VcpuContext.cs), so no lookup is needed; C# runs on the stack just below.
//
// Two tiers: interrupts and hypercalls save what C# may clobber (x0-x18, x30, and q16/q17, the only SIMD registers
// the compiler uses, which the build checks); everything else saves all registers, since it may touch any of them.
#include "Layout.h"

#define X(n)        ((n) * 8)
#define Q16         0x100

    .macro save_scratch
    stp     x0, x1, [sp, #X(0)]
    stp     x2, x3, [sp, #X(2)]
    stp     x4, x5, [sp, #X(4)]
    stp     x6, x7, [sp, #X(6)]
    stp     x8, x9, [sp, #X(8)]
    stp     x10, x11, [sp, #X(10)]
    stp     x12, x13, [sp, #X(12)]
    stp     x14, x15, [sp, #X(14)]
    stp     x16, x17, [sp, #X(16)]
    stp     x18, x19, [sp, #X(18)]
    stp     x29, x30, [sp, #X(29)]
    stp     q16, q17, [sp, #Q16]
    .endm

    .macro restore_scratch
    ldp     q16, q17, [sp, #Q16]
    ldp     x29, x30, [sp, #X(29)]
    ldp     x18, x19, [sp, #X(18)]
    ldp     x16, x17, [sp, #X(16)]
    ldp     x14, x15, [sp, #X(14)]
    ldp     x12, x13, [sp, #X(12)]
    ldp     x10, x11, [sp, #X(10)]
    ldp     x8, x9, [sp, #X(8)]
    ldp     x6, x7, [sp, #X(6)]
    ldp     x4, x5, [sp, #X(4)]
    ldp     x2, x3, [sp, #X(2)]
    ldp     x0, x1, [sp, #X(0)]
    .endm

    .macro save_rest
    stp     x20, x21, [sp, #X(20)]
    stp     x22, x23, [sp, #X(22)]
    stp     x24, x25, [sp, #X(24)]
    stp     x26, x27, [sp, #X(26)]
    str     x28, [sp, #X(28)]
    .endm

    .macro restore_rest
    ldp     x20, x21, [sp, #X(20)]
    ldp     x22, x23, [sp, #X(22)]
    ldp     x24, x25, [sp, #X(24)]
    ldp     x26, x27, [sp, #X(26)]
    ldr     x28, [sp, #X(28)]
    .endm

    .macro vector target
    .p2align 7
    b       \target
    .endm

    .macro own_bug kind
    .p2align 7
    // Our own exception: the stack may be what is broken, so nothing goes there.
    msr     tpidr_el2, x0
    mov     x0, #\kind
    b       own_exception
    .endm

    // An entry of the CPU's exit ring (hv-core/BlackBox/TraceEntry.cs), whose time is written last: x9 is the entry.
    .macro trace_begin
    ldr     x9, [sp, #VCPU_TRACE]
    add     x10, x9, #TRACE_ENTRY
    bfi     x9, x10, #0, #TRACE_RING_BITS
    .endm

    .macro trace_end code
    mrs     x10, cntpct_el0
    stp     x10, \code, [x9]
    str     x9, [sp, #VCPU_TRACE]
    .endm

    .section .vectors, "ax"
    .p2align 11
    .global vectors
vectors:
    own_bug 0                       // EL2 with SP_EL0: never selected
    own_bug 1
    own_bug 2
    own_bug 3
    own_bug 4                       // EL2 with SP_EL2: synchronous
    own_bug 5
    own_bug 6
    own_bug 7

    .p2align 7                      // lower EL, AArch64: synchronous
lower_synchronous:
    save_scratch
    mrs     x1, esr_el2
    mov     x0, sp
    lsr     w2, w1, #26
    cmp     w2, #0x16               // ESR_EL2.EC: HVC from AArch64
    b.ne    lower_full
    bl      HandleHypercall
    b       return_to_guest

    .p2align 7                      // lower EL, AArch64: IRQ
lower_irq:
    save_scratch
    mrs     x1, s3_0_c12_c12_0      // ICC_IAR1_EL1: acknowledge
    mov     x0, sp
    msr     s3_0_c12_c12_1, x1      // ICC_EOIR1_EL1: drop the priority; EOImode 1 keeps it active
    bl      HandleInterrupt
return_to_guest:
    restore_scratch
    eret

    vector  lower_fiq               // group 0 is not ours: a bug of the board's firmware
    .p2align 7                      // lower EL, AArch64: SError
lower_serror:
    save_scratch
    save_rest
    mrs     x1, esr_el2
    mov     x0, sp
    bl      HandleSystemError
    b       halt

    own_bug 12                      // lower EL, AArch32: EL1 is never AArch32
    own_bug 13
    own_bug 14
    own_bug 15

// The same for boards whose exits are traced: 8 to 11 instructions an exit more, and none where they are not.
    .p2align 11
    .global vectors_traced
vectors_traced:
    own_bug 0
    own_bug 1
    own_bug 2
    own_bug 3
    own_bug 4
    own_bug 5
    own_bug 6
    own_bug 7

    .p2align 7
    save_scratch
    mrs     x1, esr_el2
    lsr     w2, w1, #26
    cmp     w2, #0x16               // ESR_EL2.EC: HVC from AArch64
    b.ne    lower_full_traced
    trace_begin
    mrs     x11, elr_el2
    stp     x0, x11, [x9, #16]      // which call
    trace_end x1
    mov     x0, sp
    bl      HandleHypercall
    b       return_to_guest

    .p2align 7
    save_scratch
    mrs     x1, s3_0_c12_c12_0
    msr     s3_0_c12_c12_1, x1
    trace_begin
    mrs     x11, elr_el2
    stp     xzr, x11, [x9, #16]
    orr     x11, x1, #(1 << 63)     // ExitCode.Interrupt
    trace_end x11
    mov     x0, sp
    bl      HandleInterrupt
    b       return_to_guest

    vector  lower_fiq
    .p2align 7
    b       lower_serror
    own_bug 12
    own_bug 13
    own_bug 14
    own_bug 15

lower_full_traced:
    save_rest
    mov     x0, sp
    cmp     w2, #0x24
    mrs     x2, hpfar_el2
    mrs     x3, far_el2
    trace_begin
    lsl     x10, x2, #8             // HPFAR_EL2.FIPA, as El2/ExitHandler.cs
    bfxil   x10, x3, #0, #12
    mrs     x11, elr_el2
    stp     x10, x11, [x9, #16]
    trace_end x1
    b.ne    2f
    bl      HandleDataAbort
    b       3f

lower_full:
    save_rest
    cmp     w2, #0x24               // ESR_EL2.EC: data abort from a lower EL
    mrs     x2, hpfar_el2
    mrs     x3, far_el2
    b.ne    2f
    bl      HandleDataAbort         // returns whether the instruction is done and ELR moves past it
3:  cbz     w0, 1f
    mrs     x1, elr_el2
    add     x1, x1, #4
    msr     elr_el2, x1
1:  restore_rest
    restore_scratch
    eret
2:  lsr     w4, w1, #26
    cmp     w4, #0x18               // ESR_EL2.EC: trapped MSR, MRS or system instruction
    b.ne    4f
    bl      HandleSystemRegister
    b       3b
4:  bl      HandleExit
    b       3b

lower_fiq:
    msr     tpidr_el2, x0
    mov     x0, #14
own_exception:
    mov     x16, x0
    mov     x17, x30
    bl      MarkBoardStopped
    cbnz    x0, halt                // another CPU reports, or this one did until now: what is out is all there will be
    // Whoever marked the board has what there is one of: registers (El2/BugRegisters.cs; X9-X11, X16, X17 are gone), stack.
    ldr     x9, =bug_registers
    mrs     x0, tpidr_el2
    stp     x0, x1, [x9, #X(0)]
    stp     x2, x3, [x9, #X(2)]
    stp     x4, x5, [x9, #X(4)]
    stp     x6, x7, [x9, #X(6)]
    str     x8, [x9, #X(8)]
    stp     x12, x13, [x9, #X(12)]
    stp     x14, x15, [x9, #X(14)]
    stp     x18, x19, [x9, #X(18)]
    stp     x20, x21, [x9, #X(20)]
    stp     x22, x23, [x9, #X(22)]
    stp     x24, x25, [x9, #X(24)]
    stp     x26, x27, [x9, #X(26)]
    stp     x28, x29, [x9, #X(28)]
    mov     x1, sp
    stp     x17, x1, [x9, #X(30)]
    mov     x0, x16
    mov     x1, x9
    ldr     x9, =bug_stack_top
    mov     sp, x9
    bl      HypervisorException
    b       halt

// IsBoardStopped(), and MarkBoardStopped(): whether it was before. Needs no stack; keeps all but x0 and x9-x11.
    .global IsBoardStopped, MarkBoardStopped
IsBoardStopped:
    ldr     x9, =board_stopped
    ldar    w0, [x9]
    ret
MarkBoardStopped:
    ldr     x9, =board_stopped
    mov     w10, #1
1:  ldaxr   w0, [x9]
    stlxr   w11, w10, [x9]
    cbnz    w11, 1b
    ret

// UseTracingVectors(): exits of this CPU are traced from now on.
    .global UseTracingVectors
UseTracingVectors:
    ldr     x0, =vectors_traced
    msr     vbar_el2, x0
    isb
    ret

// EnterGuest(ref Vcpu): leaves C# for good; the stack below the vCPU is free again.
    .global EnterGuest
EnterGuest:
    mov     sp, x0
    restore_rest
    restore_scratch
    eret

// LeaveGuest(ref Vcpu): whatever was under way on this CPU for its guest is over.
    .global LeaveGuest
LeaveGuest:
    mov     sp, x0
    bl      HypervisorReturn
    b       halt
    .ltorg

    .bss
    .p2align 12
    .space  4096
bug_stack_top:

    .section .bss.bug_registers, "aw", %nobits
    .p2align 3
bug_registers:
    .space  32 * 8

    .section .bss.board_stopped, "aw", %nobits
board_stopped:
    .word   0
