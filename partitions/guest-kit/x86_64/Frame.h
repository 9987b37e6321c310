// What an interrupt saves before C# runs (ExceptionFrame.cs): everything a call may clobber, so that a handler may be
// interrupted itself. The CPU has pushed SS, RSP, RFLAGS, CS and RIP on a 16-byte boundary; the vector's stub an error
// code where there is none, and its number.
#define XMM_AREA        32                  // XMM0 and XMM8, the only ones that C# here uses

    .macro save_frame
    push    rax
    push    rcx
    push    rdx
    push    rsi
    push    rdi
    push    r8
    push    r9
    push    r10
    push    r11
    sub     rsp, XMM_AREA
    movaps  [rsp], xmm0
    movaps  [rsp + 16], xmm8
    lea     rdi, [rsp + XMM_AREA]
    cld
    .endm

    .macro restore_frame
    movaps  xmm0, [rsp]
    movaps  xmm8, [rsp + 16]
    add     rsp, XMM_AREA
    pop     r11
    pop     r10
    pop     r9
    pop     r8
    pop     rdi
    pop     rsi
    pop     rdx
    pop     rcx
    pop     rax
    add     rsp, 16                     // vector and error code
    .endm
