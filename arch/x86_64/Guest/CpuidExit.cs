using System.Runtime.CompilerServices;
using Bulkhead.X86.Decode;
using Bulkhead.X86.Policy;

namespace Bulkhead.X86.Guest;

/// <summary>CPUID: what the vCPU's table says (Policy/CpuidPolicy.cs).</summary>
internal static class CpuidExit
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Handle(ref Vcpu vcpu)
    {
        ref GuestCpuid table = ref vcpu.Policy.Cpuid;
        uint leaf = (uint)vcpu.Registers[GuestRegisters.Rax];
        if (GuestCpuid.IsSpecial(leaf))
            Special(ref vcpu, ref table, leaf);
        else
            Answer(ref vcpu, in table.Find(leaf));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Special(ref Vcpu vcpu, ref GuestCpuid table, uint leaf)
    {
        ulong xcr0 = table.SupportedXcr0 == 0 ? 0 : ExtendedState.Current;
        Answer(ref vcpu, in table.FindSpecial(leaf, (uint)vcpu.Registers[GuestRegisters.Rcx], VcpuState.Cr4(ref vcpu), xcr0));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Answer(ref Vcpu vcpu, in CpuidRegisters answer)
    {
        vcpu.Registers[GuestRegisters.Rax] = answer.Eax;
        vcpu.Registers[GuestRegisters.Rbx] = answer.Ebx;
        vcpu.Registers[GuestRegisters.Rcx] = answer.Ecx;
        vcpu.Registers[GuestRegisters.Rdx] = answer.Edx;
    }

    /// <summary>The guest has switched its local APIC off or on.</summary>
    public static void FollowApic(ref Vcpu vcpu) => vcpu.Policy.Cpuid.SetApicEnabled(vcpu.Apic.IsEnabled);
}
