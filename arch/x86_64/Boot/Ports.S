// I/O ports as plain calls (System V), for hypervisor and first stage.
    .intel_syntax noprefix
    .text
    .global In8, In16, In32, Out8, Out16, Out32
    .p2align 3
In8:
    mov     edx, edi
    xor     eax, eax
    in      al, dx
    ret
    .p2align 3
In16:
    mov     edx, edi
    xor     eax, eax
    in      ax, dx
    ret
    .p2align 3
In32:
    mov     edx, edi
    in      eax, dx
    ret
    .p2align 3
Out8:
    mov     edx, edi
    mov     eax, esi
    out     dx, al
    ret
    .p2align 3
Out16:
    mov     edx, edi
    mov     eax, esi
    out     dx, ax
    ret
    .p2align 3
Out32:
    mov     edx, edi
    mov     eax, esi
    out     dx, eax
    ret

// void In32Block(ushort port, uint* to, ulong count): a device's data register, one access each.
    .global In32Block
    .p2align 4
In32Block:
    mov     rcx, rdx
    mov     edx, edi
    mov     rdi, rsi
    rep insd
    ret

// void Out32Block(ushort port, const uint* from, ulong count): the same for writing.
    .global Out32Block
    .p2align 4
Out32Block:
    mov     rcx, rdx
    mov     edx, edi
    rep outsd
    ret
