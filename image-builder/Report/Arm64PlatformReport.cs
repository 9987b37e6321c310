using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Report;

/// <summary>Where an arm64 guest sees its virtual devices; the control UART's are null where it has none.</summary>
public sealed record Arm64PlatformReport(ulong Gicd, ulong Gicr, ulong Uart, uint UartIntid, uint Intids, ulong? ControlUart, uint? ControlUartIntid)
{
    internal static Arm64PlatformReport Of(in GuestEntry guest) => new(
        guest.Arm64.Gicd.Value, guest.Arm64.Gicr.Value, guest.Arm64.Uart.Value, guest.Arm64.UartIntId, guest.Arm64.IntIdCount,
        guest.IsControl ? guest.Arm64.ControlUart.Value : null, guest.IsControl ? guest.Arm64.ControlIntId : null);
}
