using System.Runtime.CompilerServices;
using Bulkhead.Memory;

namespace Bulkhead.X86.Firmware;

/// <summary>What the hypervisor takes from ACPI: CPUs, interrupt controllers, and the clocks to measure the TSC by.</summary>
public struct AcpiFacts
{
    public const int MaxCpus = 256;
    public const int MaxIoApics = 8;
    public const int MaxOverrides = 16;

    public int CpuCount;
    public int IoApicCount;
    public int OverrideCount;
    public HostPhys LocalApic;
    /// <summary>Local APIC ids of the CPUs that firmware enabled.</summary>
    public CpuIds CpuId;
    public IoApics IoApic;
    public Overrides Override;
    /// <summary>The PM timer's port (4.8.3.3), 0 if there is none, and whether it counts in 32 bits, not 24.</summary>
    public ushort PmTimerPort;
    public bool PmTimerIs32Bit;
    /// <summary>The reset register's port (4.8.3.6), 0 if there is none, and what resets the board there.</summary>
    public ushort ResetPort;
    public byte ResetValue;
    /// <summary>The HPET's registers, 0 if there is none.</summary>
    public HostPhys Hpet;

    /// <summary>How the wire at a GSI is signalled; as on the ISA bus if nothing else was said.</summary>
    public readonly AcpiOverride SignalOf(uint gsi)
    {
        for (int i = 0; i < OverrideCount; i++)
        {
            if (Override[i].Gsi == gsi)
                return Override[i];
        }
        return default;
    }

    public readonly bool HasCpu(ulong apicId)
    {
        for (int i = 0; i < CpuCount; i++)
        {
            if (CpuId[i] == apicId)
                return true;
        }
        return false;
    }

    [InlineArray(MaxCpus)]
    public struct CpuIds
    {
        private uint _first;
    }

    [InlineArray(MaxIoApics)]
    public struct IoApics
    {
        private AcpiIoApic _first;
    }

    [InlineArray(MaxOverrides)]
    public struct Overrides
    {
        private AcpiOverride _first;
    }
}
