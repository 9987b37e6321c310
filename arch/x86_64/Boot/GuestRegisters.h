// The guest's general registers between the CPU and the vCPU at RSP (Guest/Vcpu.cs).
#include "Layout.h"

    .macro scratch operation            // what C# may clobber
    \operation rcx, 1
    \operation rdx, 2
    \operation rsi, 6
    \operation rdi, 7
    \operation r8, 8
    \operation r9, 9
    \operation r10, 10
    \operation r11, 11
    .endm
    .macro rest operation               // what C# keeps
    \operation rbx, 3
    \operation rbp, 5
    \operation r12, 12
    \operation r13, 13
    \operation r14, 14
    \operation r15, 15
    .endm
    .macro store register, index
    mov     [rsp + VCPU_REGISTERS + \index * 8], \register
    .endm
    .macro load register, index
    mov     \register, [rsp + VCPU_REGISTERS + \index * 8]
    .endm
