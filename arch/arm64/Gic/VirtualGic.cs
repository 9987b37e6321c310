using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Bulkhead.Arm64.Gic;

/// <summary>
/// A guest's GICv3: state only. vCPU n has affinity 0.0.0.n. The vCPUs are pinned, so list registers stay live in
/// hardware and are read back only where the slow paths need it.
/// </summary>
public struct VirtualGic
{
    public const int MaxVcpus = 8;

    public int VcpuCount;
    /// <summary>What is listed is noted with the exit it is listed at.</summary>
    public bool IsTraced;
    public VirtualDistributor Distributor;
    public VirtualRedistributors Redistributors;

    [UnscopedRef]
    public ref VirtualRedistributor Vcpu(int vcpu) => ref Redistributors.At(vcpu);

    /// <summary>The bank of an interrupt, as the given vCPU sees it.</summary>
    [UnscopedRef]
    public ref InterruptBank Bank(int vcpu, uint bank)
    {
        if (bank == 0)
            return ref Redistributors.At(vcpu).Private;
        return ref Distributor.Banks.At(bank);
    }

    /// <summary>
    /// A fresh GIC. <paramref name="banks"/> is the number of 32-interrupt banks with the private one, 1 to 32
    /// (GICD_TYPER.ITLinesNumber + 1).
    /// </summary>
    public void Initialize(int vcpuCount, uint banks)
    {
        VcpuCount = vcpuCount;
        // CPUNumber is for GICD_ITARGETSR only, which ARE leaves out; IDbits 10; no LPIs, no message SPIs, no
        // 1 of N (No1N), affinity 3 is zero (A3V clear): IHI 0069 12.9.38.
        Distributor.Typer = (banks - 1) | (9u << 19) | (1u << 25);
        for (uint bank = 0; bank < 32; bank++)
        {
            ref InterruptBank shared = ref Distributor.Banks.At(bank);
            // INTIDs 1020 to 1023 are no interrupts.
            shared.Implemented = bank == 0 || bank >= banks ? 0 : bank == 31 ? 0x0fff_ffff : ~0u;
            shared.Hardware = 0;
        }
        for (int vcpu = 0; vcpu < MaxVcpus; vcpu++)
        {
            ref VirtualRedistributor redistributor = ref Redistributors.At(vcpu);
            redistributor.Private.Implemented = ~0u;
            redistributor.Private.Hardware = 1u << (int)InterruptId.VirtualTimer;
            redistributor.Online = 0;
        }
        ResetDistributor();
    }

    /// <summary>All of it as at first, but for what the guest was given: when none of its vCPUs runs.</summary>
    public void Reset()
    {
        ResetDistributor();
        for (int vcpu = 0; vcpu < VcpuCount; vcpu++)
        {
            ref VirtualRedistributor redistributor = ref Redistributors.At(vcpu);
            redistributor.Private.Reset(InterruptBank.SgiEdges);
            redistributor.Interface = default;
            redistributor.Inbox = default;
            redistributor.Asleep = 1;
        }
    }

    private void ResetDistributor()
    {
        Distributor.Group0Mask = 0;
        Distributor.Group1Mask = 0;
        for (uint bank = 1; bank < 32; bank++)
        {
            ref InterruptBank shared = ref Distributor.Banks.At(bank);
            shared.Reset(0);
            shared.Routed.At(0) = ~0u;
            for (int vcpu = 1; vcpu < MaxVcpus; vcpu++)
                shared.Routed.At(vcpu) = 0;
        }
    }

    /// <summary>Gives the guest a physical SPI. Before its start.</summary>
    public void Assign(uint intid, uint physical)
    {
        Distributor.Banks.At(intid >> 5).Hardware |= 1u << (int)intid;
        Distributor.Physical.At(intid) = (ushort)physical;
    }

    /// <summary>The guest's INTID for a physical SPI of its own, 0 if it has none.</summary>
    public uint FindVirtual(uint physical)
    {
        if (IsAssigned(physical, physical))
            return physical;
        for (uint intid = InterruptId.FirstSpi; intid < InterruptId.FirstSpecial; intid++)
        {
            if (IsAssigned(intid, physical))
                return intid;
        }
        return 0;
    }

    private bool IsAssigned(uint intid, uint physical) =>
        (Distributor.Banks.At(intid >> 5).Hardware & (1u << (int)intid)) != 0
        && Distributor.Physical.At(intid) == physical;

    /// <summary>The physical INTID of a hardware interrupt; the virtual timer's is its own.</summary>
    public uint PhysicalOf(uint intid) => intid < InterruptId.FirstSpi ? intid : Distributor.Physical.At(intid);

    /// <summary>The vCPU a shared interrupt is routed to, -1 if none.</summary>
    public int RouteOf(uint intid)
    {
        ref InterruptBank bank = ref Distributor.Banks.At(intid >> 5);
        for (int vcpu = 0; vcpu < VcpuCount; vcpu++)
        {
            if ((bank.Routed.At(vcpu) & (1u << (int)intid)) != 0)
                return vcpu;
        }
        return -1;
    }
}
