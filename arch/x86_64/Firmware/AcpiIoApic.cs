using Bulkhead.Memory;

namespace Bulkhead.X86.Firmware;

/// <summary>An I/O APIC (ACPI 6.5, 5.2.12.3): its page, and the GSI of its first input.</summary>
public struct AcpiIoApic
{
    public HostPhys Address;
    public uint FirstGsi;
}
