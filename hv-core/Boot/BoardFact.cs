namespace Bulkhead.Boot;

/// <summary>What of a board a device tree, ACPI or a loader can contradict.</summary>
public enum BoardFact
{
    None,
    CpuCount,
    CpuId,
    RamBase,
    RamEnd,
    Gicd,
    Gicr,
    Uart,
    UartIntId,
    BootCpu,
    ApicId,
    LocalApic,
    IoApic,
}
