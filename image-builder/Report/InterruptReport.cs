using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Report;

/// <summary>A physical interrupt that comes to the guest, and the id it sees.</summary>
public sealed record InterruptReport(uint Physical, uint Virtual, string Trigger)
{
    internal static InterruptReport Of(in GuestInterrupt interrupt) =>
        new(interrupt.PhysicalIntId, interrupt.VirtualIntId, interrupt.Edge == 0 ? "level" : "edge");
}
