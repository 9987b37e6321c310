// What an exception saves before C# runs (ExceptionFrame.cs): everything a call may clobber, and ELR and SPSR, so that
// a handler may be interrupted itself.
#define FRAME_SIZE      224
#define FRAME_Q16       192

    .macro save_frame
    sub     sp, sp, #FRAME_SIZE
    stp     x0, x1, [sp]
    save_frame_after_x0_x1
    .endm

    .macro save_frame_after_x0_x1
    stp     x2, x3, [sp, #16]
    stp     x4, x5, [sp, #32]
    stp     x6, x7, [sp, #48]
    stp     x8, x9, [sp, #64]
    stp     x10, x11, [sp, #80]
    stp     x12, x13, [sp, #96]
    stp     x14, x15, [sp, #112]
    stp     x16, x17, [sp, #128]
    stp     x18, x29, [sp, #144]
    mrs     x0, elr_el1
    stp     x30, x0, [sp, #160]
    mrs     x0, spsr_el1
    str     x0, [sp, #176]
    stp     q16, q17, [sp, #FRAME_Q16]
    .endm

    .macro restore_frame
    ldp     q16, q17, [sp, #FRAME_Q16]
    ldr     x0, [sp, #176]
    msr     spsr_el1, x0
    ldp     x30, x0, [sp, #160]
    msr     elr_el1, x0
    ldp     x18, x29, [sp, #144]
    ldp     x16, x17, [sp, #128]
    ldp     x14, x15, [sp, #112]
    ldp     x12, x13, [sp, #96]
    ldp     x10, x11, [sp, #80]
    ldp     x8, x9, [sp, #64]
    ldp     x6, x7, [sp, #48]
    ldp     x4, x5, [sp, #32]
    ldp     x2, x3, [sp, #16]
    ldp     x0, x1, [sp]
    add     sp, sp, #FRAME_SIZE
    .endm

    // A vector that C# handles: handler(ref ExceptionFrame), then back.
    .macro call_vector handler
    .p2align 7
    save_frame
    mov     x0, sp
    bl      \handler
    b       return_from_exception
    .endm

    .macro unexpected_vector kind
    .p2align 7
    mov     x0, #\kind
    b       ReportUnexpected
    .endm
