namespace Bulkhead.ImageBuilder.Report;

/// <summary>I/O ports of the board that a guest reaches: the first, and how many.</summary>
public sealed record PortsReport(uint First, uint Count);
