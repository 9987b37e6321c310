using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Report;

/// <summary>Where an x86 guest sees its virtual devices; the control UART's are null where it has none.</summary>
public sealed record X86PlatformReport(ulong LocalApic, ulong IoApic, uint UartPort, uint UartGsi, uint SleepPort, uint ResetPort, IReadOnlyList<PortsReport> AssignedPorts,
    uint? ControlUartPort, uint? ControlUartGsi)
{
    internal static X86PlatformReport Of(in GuestEntry guest) => new(
        guest.X86.LocalApic.Value, guest.X86.IoApic.Value, guest.X86.UartPort, guest.X86.UartGsi, guest.X86.SleepPort, guest.X86.ResetPort,
        [.. ((ReadOnlySpan<PortRange>)guest.X86.Ports)[..(int)Math.Min(guest.X86.PortRangeCount, X86Platform.MaxPortRanges)].ToArray().Select(range => new PortsReport(range.First, range.Count))],
        guest.IsControl ? guest.X86.ControlPort : null, guest.IsControl ? guest.X86.ControlGsi : null);
}
