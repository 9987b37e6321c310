// A Linux process's first instruction, and system calls (number in X8, result or -errno in X0).
    .text
    .global _start
_start:
    mov     x29, xzr
    mov     x30, xzr
    mov     x0, sp                          // argc, argv[], 0, environment
    bl      ProgramMain
    mov     x8, #94                         // exit_group
    svc     #0

// Linux_Call(number, a, b, c, d, e)
    .global Linux_Call
    .p2align 2
Linux_Call:
    mov     x8, x0
    mov     x0, x1
    mov     x1, x2
    mov     x2, x3
    mov     x3, x4
    mov     x4, x5
    mov     x5, x6
    svc     #0
    ret

// Device memory takes aligned accesses of one register, once each, as they are written here.
    .global Device_Read32, Device_Write32, Device_CopyTo, Device_CopyFrom
    .p2align 2
Device_Read32:
    ldr     w0, [x0]
    dsb     sy
    ret
Device_Write32:
    dsb     sy
    str     w1, [x0]
    dsb     sy
    ret
// Device_CopyTo(device, memory, words of 8 bytes)
Device_CopyTo:
    cbz     x2, 2f
1:  ldr     x3, [x1], #8
    str     x3, [x0], #8
    subs    x2, x2, #1
    b.ne    1b
2:  ret
// Device_CopyFrom(memory, device, words of 8 bytes)
Device_CopyFrom:
    b       Device_CopyTo
