using System.Threading;

namespace Bulkhead.X86.Apic;

/// <summary>Which vCPUs an interrupt message means (SDM vol 3, 11.6.2, 11.12.10).</summary>
public static class Destination
{
    public const uint Everybody = uint.MaxValue;

    /// <summary>Physical: an APIC id, or everybody.</summary>
    public static uint Physical(ref VirtualApics apics, uint id)
    {
        if (id == Everybody)
            return apics.All;
        return id < apics.VcpuCount ? 1u << (int)id : 0;
    }

    /// <summary>Logical, sent by an x2APIC: cluster and set. All vCPUs are in cluster 0.</summary>
    public static uint LogicalX2(ref VirtualApics apics, uint destination)
    {
        if (destination == Everybody)
            return apics.All;
        return destination >> 16 == 0 ? destination & apics.All : 0;
    }

    /// <summary>
    /// Logical, eight bits: each vCPU's LDR and DFR decide, flat or by cluster. What another vCPU changes there
    /// meanwhile counts or does not.
    /// </summary>
    public static uint Logical(ref VirtualApics apics, uint destination)
    {
        uint targets = 0;
        for (uint vcpu = 0; vcpu < apics.VcpuCount; vcpu++)
        {
            ref VirtualLocalApic apic = ref apics.Local.At(vcpu);
            if (IsMeant(ref apic, destination))
                targets |= 1u << (int)vcpu;
        }
        return targets;
    }

    private static bool IsMeant(ref VirtualLocalApic apic, uint destination)
    {
        uint ldr = Volatile.Read(ref apic.Page.At(ApicRegister.Ldr));
        if ((Volatile.Read(ref apic.Base) & ApicBase.X2Apic) != 0)
            return ldr >> 16 == 0 && (ldr & destination) != 0;
        ldr >>= 24;
        // Flat is model 1111 in the DFR's uppermost bits, clusters are 0000 (11.6.2.2); 15 means all clusters.
        if (Volatile.Read(ref apic.Page.At(ApicRegister.Dfr)) >> 28 == 15)
            return (ldr & destination) != 0;
        return (destination >> 4 == 15 || destination >> 4 == ldr >> 4) && (ldr & destination & 15) != 0;
    }
}
