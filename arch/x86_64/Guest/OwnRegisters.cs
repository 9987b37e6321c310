using System.Runtime;
using System.Runtime.CompilerServices;
using Bulkhead.X86.Host;

namespace Bulkhead.X86.Guest;

/// <summary>
/// What a guest writes without an exit and no control block holds. It stays in the CPU, which the hypervisor has no use
/// of it for, and is as after a reset when a life begins. On AMD-V the VMCB has most of it.
/// </summary>
internal static class OwnRegisters
{
    private const uint SpecCtrl = 0x48, Star = 0xc000_0081, SfMask = 0xc000_0084, KernelGsBase = 0xc000_0102, TscAux = 0xc000_0103;

    public static void Reset()
    {
        ClearBreakpoints();
        // A guest's own is in its VMCB or VMCS; QEMU's AMD-V has one for both (APM 2 15.25.4).
        CpuSetup.LoadPat();
        if (HasTscAux)
            Register.WriteMsr(TscAux, 0);
        if (HasSpecCtrl)
            Register.WriteMsr(SpecCtrl, 0);
        if (VirtualMachine.Kind == VirtualizationKind.Svm)
            return;
        Register.WriteCr2(0);
        Register.WriteDr6(ResetValues.Dr6);
        for (uint msr = Star; msr <= SfMask; msr++)
            Register.WriteMsr(msr, 0);
        Register.WriteMsr(KernelGsBase, 0);
    }

    // RDTSCP or RDPID.
    private static bool HasTscAux =>
        (Instruction.Cpuid(0x8000_0001).Edx & 1u << 27) != 0 || Instruction.Cpuid(0).Eax >= 7 && (Instruction.Cpuid(7).Ecx & 1u << 22) != 0;

    // IBRS, STIBP or SSBD, which Intel and AMD say each in their own leaf.
    private static bool HasSpecCtrl =>
        Instruction.Cpuid(0).Eax >= 7 && (Instruction.Cpuid(7).Edx & (1u << 26 | 1u << 27 | 1u << 31)) != 0
        || Instruction.Cpuid(0x8000_0000).Eax >= 0x8000_0008 && (Instruction.Cpuid(0x8000_0008).Ebx & (1u << 14 | 1u << 15 | 1u << 24)) != 0;

    // DR0 to DR3; Boot/Accessors.S.
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "ClearBreakpoints")] private static extern void ClearBreakpoints();
}
