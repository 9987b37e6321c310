// One instruction at a time (Step.cs).
    .intel_syntax noprefix

#define TRAP_FLAG       0x100
#define DR6_CLEAR       0xffff0ff0
#define APIC_BASE       0x1b
#define LINE_STATUS     0x3fd               // COM1's
#define NO_PORT         0x2e0
#define IO_APIC         0xfec00000          // IOREGSEL
#define OWN_VERSION     0xc6000010

    .text
// The registers are ready when TF is set: the instruction behind POPFQ is the one that traps.
    .macro  step name
\name:
    lea     r8, [rip + 1f]
    mov     [step_start], r8
    lea     r8, [rip + 2f]
    mov     [step_end], r8
    pushfq
    or      qword ptr [rsp], TRAP_FLAG
    popfq
    .endm
    .macro  stepped
2:  nop
    nop
    jmp     step_done
    .endm

    step    step_nop
1:  nop
    stepped
    step    step_cpuid
1:  cpuid
    stepped
step_rdmsr:
    mov     ecx, APIC_BASE
    step    step_rdmsr_now
1:  rdmsr
    stepped
step_wrmsr:
    mov     ecx, APIC_BASE
    rdmsr
    step    step_wrmsr_now
1:  wrmsr
    stepped
step_in:
    mov     edx, LINE_STATUS
    step    step_in_now
1:  in      al, dx
    stepped
step_out:
    mov     edx, NO_PORT
    step    step_out_now
1:  out     dx, al
    stepped
step_load:
    mov     edx, IO_APIC
    step    step_load_now
1:  mov     eax, [rdx]
    stepped
step_store:
    mov     edx, IO_APIC
    step    step_store_now
1:  mov     [rdx], eax
    stepped
    step    step_wbinvd
1:  wbinvd
    stepped
step_ins:
    mov     edx, LINE_STATUS
    lea     rdi, [step_room]
    mov     ecx, 3
    step    step_ins_now
1:  rep insb
    stepped
step_movs:
    mov     esi, IO_APIC
    lea     rdi, [step_room]
    mov     ecx, 3
    step    step_movs_now
1:  rep movsd
    stepped
step_vmcall:
    mov     eax, OWN_VERSION
    step    step_vmcall_now
1:  vmcall
    stepped
step_vmmcall:
    mov     eax, OWN_VERSION
    step    step_vmmcall_now
1:  vmmcall
    stepped

    .section .rodata
    .p2align 3
step_table:
    .quad   step_nop, step_cpuid, step_rdmsr, step_wrmsr, step_in, step_out, step_load, step_store, step_wbinvd
    .quad   step_ins, step_movs, step_vmcall, step_vmmcall

    .text
// StepResult* Probe_StepOver(kind)
    .global Probe_StepOver
Probe_StepOver:
    push    rbx
    mov     qword ptr [traps], 0
    xor     eax, eax
    xor     ecx, ecx
    mov     edi, edi
    jmp     [step_table + rdi * 8]
step_done:
    pop     rbx
    lea     rax, [rip + step_result]
    ret

debug_handler:
    push    rax
    inc     qword ptr [traps]
    mov     rax, dr6
    mov     [trap_dr6], rax
    mov     eax, DR6_CLEAR
    mov     dr6, rax
    mov     rax, [rsp + 8]
    mov     [trap_rip], rax
    and     qword ptr [rsp + 24], ~TRAP_FLAG
    pop     rax
    iretq

    .global Probe_InstallDebugHandler, Probe_AcrossShadow
Probe_InstallDebugHandler:
    mov     edi, 1
    lea     rsi, [rip + debug_handler]
    jmp     SetGate

// With an interrupt pending: STI holds it back for one instruction, which the hypervisor carries out. Returns its end.
Probe_AcrossShadow:
    mov     edx, LINE_STATUS
    sti
    in      al, dx
1:  nop
    nop
    cli
    lea     rax, [rip + 1b]
    ret

    .bss
    .p2align 3
step_room:  .space 16
step_result:                            // StepResult.cs
step_start: .quad 0
step_end:   .quad 0
traps:      .quad 0
trap_rip:   .quad 0
trap_dr6:   .quad 0
