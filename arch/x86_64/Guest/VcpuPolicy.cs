using Bulkhead.X86.Host;
using Bulkhead.X86.Policy;

namespace Bulkhead.X86.Guest;

/// <summary>What a vCPU's CPUID and MSRs answer. A page of the pool.</summary>
internal struct VcpuPolicy
{
    public GuestCpuid Cpuid;
    public VcpuMsrs Msrs;

    private const uint HasArchCapabilities = 1u << 29;

    /// <summary>On the boot CPU, which speaks for all.</summary>
    public void Create(int index, uint vcpuCount)
    {
        Cpuid.Compose<BoardCpuid>(new CpuidFacts { Index = (uint)index, VcpuCount = vcpuCount, TscHz = TscClock.Hertz });
        Msrs.Microcode = Register.ReadMsr(MsrPolicy.Microcode);
        if ((Cpuid.Find(7).Edx & HasArchCapabilities) != 0)
            Msrs.ArchCapabilities = MsrPolicy.GuestValue(MsrPolicy.ArchCapabilities, Register.ReadMsr(MsrPolicy.ArchCapabilities));
    }

    public void Reset() => Msrs.Reset();
}
