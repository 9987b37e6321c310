// The measured stretches. Each is: LFENCE, RDTSC, the operation, LFENCE, RDTSC; of the stamps the lower halves, so that
// little of our own is in between and nothing the compiler decides. Samples are 32-bit tick counts.
#include "PerCpu.h"
    .intel_syntax noprefix

    .macro enter
    push    rbx
    push    rbp
    push    r12
    push    r13
    push    r14
    push    r15
    mov     r12, rdi
    mov     r13, rsi
    mov     r14, rdx
    mov     r15, rcx
    .endm

    .macro leave_all
    pop     r15
    pop     r14
    pop     r13
    pop     r12
    pop     rbp
    pop     rbx
    ret
    .endm

    // rdi = samples, rsi = how many, rdx, rcx = the operation's own
    .macro begin name
    .global \name
    .p2align 4
\name:
    enter
1:  lfence
    rdtsc
    mov     ebp, eax
    .endm

    .macro end
    lfence
    rdtsc
    sub     eax, ebp
    mov     [r12], eax
    add     r12, 4
    dec     r13
    jnz     1b
    leave_all
    .endm

    .text
    begin MeasureNothing
    end

    begin MeasureCpuid                      // rdx = leaf
    mov     eax, r14d
    xor     ecx, ecx
    cpuid
    end

    begin MeasureVmcall                     // rdx = function
    mov     eax, r14d
    xor     edi, edi
    xor     esi, esi
    vmcall
    end

    begin MeasureVmmcall
    mov     eax, r14d
    xor     edi, edi
    xor     esi, esi
    vmmcall
    end

    begin MeasureReadMsr                    // rdx = MSR
    mov     ecx, r14d
    xor     eax, eax
    xor     edx, edx
    rdmsr
    shl     rdx, 32
    or      rax, rdx
    end

    begin MeasureWriteMsr                   // rdx = MSR, rcx = value, of 32 bits
    mov     ecx, r14d
    mov     eax, r15d
    xor     edx, edx
    wrmsr
    end

    begin MeasureIn                         // rdx = port
    mov     edx, r14d
    in      al, dx
    end

    begin MeasureOut
    mov     edx, r14d
    xor     eax, eax
    out     dx, al
    end

    begin MeasureRead                       // rdx = address
    mov     eax, [r14]
    end

    begin MeasureWrite                      // rdx = address, rcx = value
    mov     [r14], r15d
    end

    begin MeasureReadCr8
    mov     rcx, cr8
    end

    begin MeasureWriteCr8
    xor     ecx, ecx
    mov     cr8, rcx
    end

    begin MeasureReadCr3
    mov     rcx, cr3
    end

    begin MeasureWriteCr3                   // rdx = value
    mov     cr3, r14
    end

    begin MeasureWriteCr0
    mov     cr0, r14
    end

    begin MeasureInvlpg                     // rdx = address
    invlpg  [r14]
    end

    begin MeasureWbinvd
    wbinvd
    end

    begin MeasureRdtsc
    rdtsc
    end

    begin MeasureRdtscp
    rdtscp
    end

    begin MeasurePause
    .rept   10
    pause
    .endr
    end

    begin MeasureArmDeadline                // rdx = ahead
    rdtsc
    shl     rdx, 32
    or      rax, rdx
    add     rax, r14
    mov     rdx, rax
    shr     rdx, 32
    mov     ecx, MSR_DEADLINE
    wrmsr
    end

// MeasureSelfIpi(entry, count, kind, eoi): kind 0 ICR, 1 SELF IPI.
    .global MeasureSelfIpi
    .p2align 4
MeasureSelfIpi:
    enter
    sti
1:  mov     rbx, [per_cpu + COUNT]
    lfence
    rdtsc
    mov     ebp, eax
    test    r14d, r14d
    jnz     2f
    cmp     byte ptr [x2], 0
    je      3f
    mov     ecx, MSR_ICR
    mov     eax, ICR_ASSERT | VECTOR_SELF
    xor     edx, edx
    wrmsr
    jmp     4f
2:  mov     ecx, MSR_SELF_IPI
    mov     eax, VECTOR_SELF
    xor     edx, edx
    wrmsr
    jmp     4f
3:  mov     ecx, APIC_PAGE
    mov     dword ptr [rcx + APIC_ICR], ICR_ASSERT | VECTOR_SELF
4:  cmp     [per_cpu + COUNT], rbx
    je      4b
    mov     eax, [per_cpu + STAMP_ENTRY]
    sub     eax, ebp
    mov     [r12], eax
    add     r12, 4
    mov     eax, [per_cpu + STAMP_EOI]
    sub     eax, ebp
    mov     [r15], eax
    add     r15, 4
    dec     r13
    jnz     1b
    cli
    leave_all

    // Until the count moves: spinning with interrupts open, or asleep. r8 not 0 is asleep.
    .macro wait_for_interrupt
    test    r8d, r8d
    jnz     7f
6:  cmp     [per_cpu + COUNT], rbx
    je      6b
    cli
    jmp     8f
7:  sti
    hlt
    cli
    cmp     [per_cpu + COUNT], rbx
    je      7b
8:
    .endm

    // From the deadline in rbp to the entry; what came early counts as nothing.
    .macro stamp_deadline
    mov     rax, [per_cpu + STAMP_ENTRY]
    sub     rax, rbp
    jns     9f
    xor     eax, eax
9:  mov     [r12], eax
    add     r12, 4
    dec     r13
    jnz     1b
    leave_all
    .endm

    .macro spread step                      // so that no one phase is measured over and over
    mov     eax, r13d
    and     eax, 63
    imul    eax, eax, \step
    add     rax, r14
    .endm

    .macro open_if_spinning
    test    r8d, r8d
    jnz     5f
    sti
5:
    .endm

// MeasureOneShot(entry, count, ahead, ratio, asleep): the counter, of one tick in ratio TSC ticks.
    .global MeasureOneShot
    .p2align 4
MeasureOneShot:
    enter
1:  spread  70
    xor     edx, edx
    div     r15
    mov     edi, eax
    mov     rbx, [per_cpu + COUNT]
    open_if_spinning
    lfence
    rdtsc
    shl     rdx, 32
    or      rax, rdx
    mov     rbp, rax
    cmp     byte ptr [x2], 0
    je      2f
    mov     ecx, MSR_COUNT
    mov     eax, edi
    xor     edx, edx
    wrmsr
    jmp     3f
2:  mov     ecx, APIC_PAGE
    mov     [rcx + APIC_COUNT], edi
3:  imul    rdi, r15
    add     rbp, rdi
    wait_for_interrupt
    stamp_deadline

// MeasureDeadline(entry, count, ahead, unused, asleep)
    .global MeasureDeadline
    .p2align 4
MeasureDeadline:
    enter
1:  spread  7
    mov     rdi, rax
    mov     rbx, [per_cpu + COUNT]
    open_if_spinning
    lfence
    rdtsc
    shl     rdx, 32
    or      rax, rdx
    add     rax, rdi
    mov     rbp, rax
    mov     rdx, rax
    shr     rdx, 32
    mov     ecx, MSR_DEADLINE
    wrmsr
    wait_for_interrupt
    stamp_deadline

// MeasurePing(there, count, id of vCPU 1, reply, asleep, roundtrip): a ping and its reply. The pause lets vCPU 1 and the
// CPU below it go idle.
    .global MeasurePing
    .p2align 4
MeasurePing:
    enter
    mov     r10, r9
1:  mov     ecx, 200
2:  pause
    dec     ecx
    jnz     2b
    mov     rbx, [per_cpu + REPLIES]
    lfence
    rdtsc
    mov     ebp, eax
    mov     eax, VECTOR_PING
    mov     edx, r14d
    call    send
    test    r8d, r8d
    jnz     4f
    sti
3:  pause
    cmp     [per_cpu + REPLIES], rbx
    je      3b
    cli
    jmp     5f
4:  sti
    hlt
    cli
    cmp     [per_cpu + REPLIES], rbx
    je      4b
5:  lfence
    rdtsc
    sub     eax, ebp
    mov     [r10], eax
    add     r10, 4
    mov     eax, [per_cpu + PER_CPU_SIZE + STAMP_ENTRY]
    sub     eax, ebp
    mov     [r12], eax
    add     r12, 4
    mov     eax, [per_cpu + STAMP_ENTRY]
    sub     eax, ebp
    mov     [r15], eax
    add     r15, 4
    dec     r13
    jnz     1b
    leave_all

// MeasureTouch(address, bytes): one load in each 4 KiB; returns ticks.
    .global MeasureTouch
    .p2align 4
MeasureTouch:
    add     rsi, rdi
    lfence
    rdtsc
    mov     r8d, eax
1:  mov     ecx, [rdi]
    add     rdi, 4096
    cmp     rdi, rsi
    jb      1b
    lfence
    rdtsc
    sub     eax, r8d
    ret

    .macro stretch slot
    lfence
    rdtsc
    sub     eax, ebp
    mov     [r12 + \slot * 4], eax
    lfence
    rdtsc
    mov     ebp, eax
    .endm

// MeasureKnown(six counts, 0): what one tick is, by sequences of known length.
    .global MeasureKnown
    .p2align 4
MeasureKnown:
    enter
    lfence
    rdtsc
    mov     ebp, eax
    stretch 0
    .rept   1000
    nop
    .endr
    stretch 1
    mov     ecx, 1000
1:  dec     ecx
    jnz     1b
    stretch 2
    .rept   100
    push    rax
    pop     rax
    .endr
    stretch 3
    mov     rdi, rsp
    sub     rdi, 256
    mov     rsi, rdi
    mov     ecx, 100
    rep movsb
    stretch 4
    .rept   100
    rdtsc
    .endr
    stretch 5
    leave_all

// AnswerForever(): vCPU 1 sleeps between interrupts.
    .global AnswerForever
AnswerForever:
    sti
    hlt
    cli
    jmp     AnswerForever
