using Bulkhead.Partitions;

namespace Bulkhead.ImageBuilder.Report;

/// <summary>Where an x86 guest sees its virtual devices.</summary>
public sealed record X86PlatformReport(ulong LocalApic, ulong IoApic, uint UartPort, uint UartGsi, uint SleepPort, uint ResetPort, IReadOnlyList<PortsReport> AssignedPorts)
{
    internal static X86PlatformReport Of(in X86Platform platform) => new(
        platform.LocalApic.Value, platform.IoApic.Value, platform.UartPort, platform.UartGsi, platform.SleepPort, platform.ResetPort,
        [.. ((ReadOnlySpan<PortRange>)platform.Ports)[..(int)Math.Min(platform.PortRangeCount, X86Platform.MaxPortRanges)].ToArray().Select(range => new PortsReport(range.First, range.Count))]);
}
