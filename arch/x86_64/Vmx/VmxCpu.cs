using System;
using Bulkhead.Memory;
using Bulkhead.X86.Guest;
using Bulkhead.X86.Host;
using Bulkhead.X86.Memory;

namespace Bulkhead.X86.Vmx;

/// <summary>VT-x on one CPU: whether it is there, and VMX operation.</summary>
internal static unsafe class VmxCpu
{
    private const uint HasVmx = 1u << 5;
    private const uint MsrFeatureControl = 0x3a, MsrEptVpid = 0x48c;
    private const uint MsrCr0Fixed0 = 0x486, MsrCr0Fixed1 = 0x487, MsrCr4Fixed0 = 0x488, MsrCr4Fixed1 = 0x489;
    private const ulong FeatureLocked = 1, FeatureVmx = 4;
    private const ulong Cr4Vmxe = 1ul << 13;

    public static bool IsPresent => (Instruction.Cpuid(1).Ecx & HasVmx) != 0;

    public static EptCapabilities Ept => new(Register.ReadMsr(MsrEptVpid));

    /// <summary>Why a CPU with VT-x cannot be used; empty when it can.</summary>
    public static ReadOnlySpan<byte> Refusal
    {
        get
        {
            if ((Register.ReadMsr(MsrFeatureControl) & (FeatureLocked | FeatureVmx)) == FeatureLocked)
                return "VT-x is switched off by firmware (IA32_FEATURE_CONTROL); switch it on in its setup"u8;
            ReadOnlySpan<byte> missing = VmxControls.Find();
            if (missing.Length != 0)
                return missing;
            return Ept.AreEnough ? default : "VT-x: EPT lacks four-level write-back walks or INVEPT"u8;
        }
    }

    /// <summary>Into VMX operation, with the vCPU's VMCS current.</summary>
    public static void Enable(ref Vcpu vcpu)
    {
        ulong feature = Register.ReadMsr(MsrFeatureControl);
        if ((feature & FeatureLocked) == 0)
            Register.WriteMsr(MsrFeatureControl, feature | FeatureLocked | FeatureVmx);
        // SDM 3 A.7, A.8: bits that VMX operation wants set or clear.
        Register.WriteCr0((Register.ReadCr0() | Register.ReadMsr(MsrCr0Fixed0)) & Register.ReadMsr(MsrCr0Fixed1));
        VmxControls.UseFrequency();
        Register.WriteCr4((Register.ReadCr4() | Cr4Vmxe | Register.ReadMsr(MsrCr4Fixed0)) & Register.ReadMsr(MsrCr4Fixed1));
        HostPhys region = vcpu.VmxRegion;
        Must(Vmcs.On(&region));
        if (vcpu.Vmcs.Value == 0)
            return;
        HostPhys vmcs = vcpu.Vmcs;
        Must(Vmcs.Clear(&vmcs));
        Must(Vmcs.Load(&vmcs));
        Vmcs.InvalidateEpt();
        Vmcs.InvalidateVpid();
    }

    /// <summary>A page that begins with the revision, as VMXON and VMPTRLD want it (SDM 3 24.2).</summary>
    public static HostPhys NewRegion()
    {
        ulong page = Pool.Take(1);
        *(uint*)page = VmxControls.Revision;
        return HypervisorLayout.ToPhysical(page);
    }

    private static void Must(uint succeeded)
    {
        if (succeeded == 0)
            Bug.Stop(BugKind.Assertion);
    }
}
