using Bulkhead.Partitions;

namespace Bulkhead.X86.Devices;

/// <summary>The registers of a hardware-reduced platform (ACPI 6.5, 4.8.3.6 and 4.8.3.7).</summary>
public static class AcpiPorts
{
    private const uint SleepEnable = 1 << 5;
    private const int SleepType = 2;

    /// <summary>A write to the sleep control register. The only sleep there is is S5; SLP_EN reads as zero.</summary>
    public static PowerRequest WriteSleepControl(uint value) =>
        (value & SleepEnable) != 0 && (value >> SleepType & 7) == X86Platform.SleepTypeOff ? PowerRequest.Off : PowerRequest.None;

    public static PowerRequest WriteReset(uint value) => (byte)value == X86Platform.ResetValue ? PowerRequest.Reset : PowerRequest.None;
}
