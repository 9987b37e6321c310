using System;
using System.Runtime;
using System.Runtime.CompilerServices;
using Bulkhead.Memory;
using Bulkhead.X86.Guest;
using Bulkhead.X86.Host;

namespace Bulkhead.X86.Svm;

/// <summary>AMD-V on one CPU: whether it is there, switching it on, and entering a guest by it.</summary>
internal static class SvmCpu
{
    private const uint FeatureLeaf = 0x8000_0001, SvmLeaf = 0x8000_000a;
    private const uint HasSvm = 1u << 2;
    private const uint MsrEfer = 0xc000_0080, MsrVmCr = 0xc001_0114, MsrHostSave = 0xc001_0117;
    private const uint MsrDecodeConfiguration = 0xc001_1029;
    private const ulong LfenceSerializes = 1 << 1;
    private const ulong VmCrDisabled = 1ul << 4;

    /// <summary>CPUID says so (APM 2 15.4); SvmRefusal says whether it can be used.</summary>
    public static bool IsPresent =>
        Instruction.Cpuid(0x8000_0000).Eax >= SvmLeaf && (Instruction.Cpuid(FeatureLeaf).Ecx & HasSvm) != 0;

    /// <summary>Why a CPU with AMD-V cannot be used; empty when it can.</summary>
    public static ReadOnlySpan<byte> Refusal
    {
        get
        {
            if ((Register.ReadMsr(MsrVmCr) & VmCrDisabled) != 0)
                return "AMD-V is switched off by firmware (VM_CR.SVMDIS); switch SVM on in its setup"u8;
            return new SvmFeatures(Instruction.Cpuid(SvmLeaf).Edx).NestedPaging ? default : "AMD-V has no nested paging on this CPU"u8;
        }
    }

    /// <summary>From here the global interrupt flag is clear and RFLAGS.IF set in the hypervisor (Boot/Svm.S).</summary>
    /// <param name="hostSave">A page that VMRUN keeps the host's state in.</param>
    /// <param name="hostVmcb">A page for what VMSAVE keeps of it.</param>
    public static void Enable(HostPhys hostSave, HostPhys hostVmcb)
    {
        // LFENCE serialises, as guests are told it does (Policy/MsrPolicy.cs); before family 10h there is no such choice.
        if ((Instruction.Cpuid(1).Eax >> 20 & 0xff) != 0)
            Register.WriteMsr(MsrDecodeConfiguration, Register.ReadMsr(MsrDecodeConfiguration) | LfenceSerializes);
        Register.WriteMsr(MsrEfer, Register.ReadMsr(MsrEfer) | VmcbReset.EferSvme);
        Register.WriteMsr(MsrHostSave, hostSave.Value);
        Ready(hostVmcb);
    }

    /// <summary>Gives the CPU to the guest. Does not return.</summary>
    public static void Enter(ref Vcpu vcpu)
    {
        if (new SvmFeatures(Instruction.Cpuid(SvmLeaf).Edx).DeliversByItself)
        {
            if (vcpu.Trace != 0)
                EnterTraced(ref vcpu);
            EnterPlain(ref vcpu);
        }
        if (vcpu.Trace != 0)
            EnterInjectingTraced(ref vcpu);
        EnterInjecting(ref vcpu);
    }

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "EnterSvm")] private static extern void EnterPlain(ref Vcpu vcpu);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "EnterSvmTraced")] private static extern void EnterTraced(ref Vcpu vcpu);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "EnterSvmInjecting")] private static extern void EnterInjecting(ref Vcpu vcpu);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "EnterSvmInjectingTraced")] private static extern void EnterInjectingTraced(ref Vcpu vcpu);
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "SvmTakeInterrupt")] public static extern uint TakeInterrupt();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "SvmWaitForInterrupt")] public static extern uint WaitForInterrupt();
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "SvmReady")] private static extern void Ready(HostPhys hostVmcb);
}
