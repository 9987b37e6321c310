using System;
using System.Runtime;
using System.Runtime.CompilerServices;

namespace Bulkhead.Guests.Probe;

/// <summary>
/// RFLAGS.TF raises #DB after one instruction, with DR6.BS (SDM 3 17.3.1.4), whether the CPU or the hypervisor carries
/// it out; and an instruction that the hypervisor carries out ends STI's shadow.
/// </summary>
internal static unsafe class Step
{
    // Of Stepping.S's table, in its order. Inside a REP the trap comes after one element, at the instruction.
    private const int FirstInsideRep = 9, VmCall = 11, Kinds = 13;
    private const ulong SingleStep = 1 << 14;
    private const uint SelfVector = 0x51, ToSelf = 1 << 18;

    public static void Run()
    {
        InstallDebugHandler();
        for (int kind = 0; kind < Kinds; kind++)
        {
            // VMCALL is Intel's, VMMCALL behind it AMD's.
            if (kind == VmCall + (Cpu.IsAmd ? 0 : 1))
                continue;
            StepResult* result = StepOver(kind);
            Check.Equal(Name(kind), 1, result->Traps);
            Check.Equal("  its place"u8, kind is >= FirstInsideRep and < VmCall ? result->Start : result->End, result->TrapRip);
            Check.Equal("  DR6.BS alone"u8, SingleStep, result->TrapDr6 & 0xe00f);
        }
        LocalApic.Send(0, ToSelf | SelfVector);
        ulong end = AcrossShadow();
        Check.Equal("interrupt behind STI's next instruction"u8, 1, Interrupts.Taken);
        Check.Equal("  behind it"u8, end, Interrupts.Rip);
    }

    private static ReadOnlySpan<byte> Name(int kind) => kind switch
    {
        0 => "nop"u8,
        1 => "cpuid"u8,
        2 => "rdmsr"u8,
        3 => "wrmsr"u8,
        4 => "in"u8,
        5 => "out"u8,
        6 => "load from a device"u8,
        7 => "store to a device"u8,
        8 => "wbinvd"u8,
        9 => "rep insb"u8,
        10 => "rep movsd from a device"u8,
        11 => "vmcall"u8,
        _ => "vmmcall"u8,
    };

    // Stepping.S
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Probe_InstallDebugHandler")] private static extern void InstallDebugHandler();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Probe_StepOver")] private static extern StepResult* StepOver(int kind);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "Probe_AcrossShadow")] private static extern ulong AcrossShadow();
}
