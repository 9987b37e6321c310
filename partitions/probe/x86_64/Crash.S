// Crash.cs.
    .intel_syntax noprefix
    .text

    .global Probe_FaultWithoutTable, Probe_LoadVector
Probe_FaultWithoutTable:
    sub     rsp, 16
    mov     qword ptr [rsp], 0          // limit 0
    mov     qword ptr [rsp + 8], 0
    lidt    [rsp]
    ud2
Probe_LoadVector:
    movups  xmm0, [rdi]
    ret
